// Not `await`: the main thread is the one that takes the signals, see `StopSignals`.
ParleyProcess().run(Array(CommandLine.arguments.dropFirst()))
