import Foundation
import GateConfiguration
import Testing

@Suite struct `The sample file` {
    @Test func `holds every key with exactly its default`() throws {
        let file = try TemporaryFile(SampleFile.text)
        let (loaded, problems) = ConfigurationSources(file: .named(file.path), environment: [:])
            .inspect()
        #expect(problems == [])
        #expect(loaded.settings == GateSettings())
        #expect(Set(loaded.origins.keys) == Set(Setting.all.map(\.key)))
    }

    @Test func `is the one that is shipped`() throws {
        let shipped = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../config/config.yml")
        #expect(try String(contentsOf: shipped, encoding: .utf8) == SampleFile.text)
    }
}
