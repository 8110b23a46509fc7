import Foundation

exit(await ParleyProcess().run(Array(CommandLine.arguments.dropFirst())).rawValue)
