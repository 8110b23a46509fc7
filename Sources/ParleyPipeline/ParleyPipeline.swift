// The sources of ParleyPipeline follow.
