import Testing

/// The real program with real clients.
///
/// One test at a time: each has the machine's cores to itself.
@Suite(.serialized) enum EndToEndTests {}
