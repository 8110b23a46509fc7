import ParleyTestSupport
import Testing

@testable import parley

@Suite struct SettingsTableTests {
    @Test func namesAreUnique() {
        let names =
            SettingsTable.all.flatMap { [$0.environmentName] + $0.aliases } + SettingsTable.withoutEffect.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(SettingsTable.all.map(\.flag)).count == SettingsTable.all.count)
    }

    /// A default that its own type refuses could not be written into a file.
    @Test(arguments: SettingsTable.all.map(\.key))
    func defaultsSurviveTheRoundTrip(_ key: String) throws {
        let setting = try #require(SettingsTable.all.first { $0.key == key })
        let text = setting.read(Settings())
        guard !text.isEmpty else { return }
        var settings = Settings()
        try setting.apply(text, &settings)
        #expect(setting.read(settings) == text)
    }

    @Test(arguments: [SettingScope.transcribe, .serve])
    func noCommandHasTwoOptionsOfAName(_ scope: SettingScope) {
        for command in CommandTable.all {
            let names = command.allOptions.map(\.name)
            #expect(Set(names).count == names.count, "\(command.name)")
        }
    }

    /// `parley config --markdown > docs/configuration.md` mends it.
    @Test func documentationIsUpToDate() throws {
        #expect(try RepositoryFile.text("docs/configuration.md") == ConfigurationPage.markdown)
    }

    @Test(arguments: [
        ("1024", 1_024), ("2 GiB", 2 << 30), ("2gib", 2 << 30), ("5MB", 5_000_000), ("7 B", 7), ("0", 0),
    ])
    func sizes(_ text: String, _ bytes: Int) {
        #expect(ByteCount.parse(text) == bytes)
    }

    @Test(arguments: ["", "GiB", "-1", "1.5 GiB", "9999999999 GiB", "1 TB", "x"])
    func badSizes(_ text: String) {
        #expect(ByteCount.parse(text) == nil)
    }

    @Test(arguments: [
        ("30", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("1.5 s", .milliseconds(1_500)),
        ("2m", .seconds(120)), ("24H", .seconds(86_400)), ("0", .zero),
    ])
    func times(_ text: String, _ duration: Duration) {
        #expect(TimeText.parse(text) == duration)
    }

    @Test(arguments: ["", "s", "-1s", "1d", "nan", "inf", "1e300"])
    func badTimes(_ text: String) {
        #expect(TimeText.parse(text) == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.milliseconds(100), "100ms"), (.seconds(90), "90s"), (.seconds(60), "1m"),
        (.seconds(86_400), "24h"), (.milliseconds(1_500), "1500ms"),
    ])
    func timesAsText(_ duration: Duration, _ text: String) {
        #expect(TimeText.text(duration) == text)
    }
}
