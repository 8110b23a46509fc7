import ParleyTestSupport
import Testing

/// `docs/architecture.md` names files that exist, and the README targets of the Makefile.
@Suite struct ArchitecturePageTests {
    @Test func swiftFiles() throws {
        let page = try RepositoryFile.text("docs/architecture.md")
        let known = try RepositoryFile.names(below: "Sources").union(RepositoryFile.names(below: "Tests"))
        let named = page.split(separator: "`").filter { $0.hasSuffix(".swift") && !$0.contains(" ") }
            .map { String($0.split(separator: "/").last ?? "") }
        #expect(named.count > 30)
        for name in named { #expect(known.contains(name), "\(name)") }
    }

    @Test(arguments: ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
    func makeTargets(_ path: String) throws {
        let makefile = try RepositoryFile.text("Makefile")
        for mention in try RepositoryFile.text(path).matches(of: /(?m)(?:^|`)make ([a-z]+)/) {
            #expect(makefile.contains("\n\(mention.1):"), "make \(mention.1)")
        }
    }
}
