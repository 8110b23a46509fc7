public import ParleyCore

/// Reads the regions that are scored from an un-partitioned evaluation map: `recording channel start end`, in seconds.
public enum UEMReader {
    /// The regions by recording; they may overlap.
    /// - Throws: ``ScoringError`` with the line.
    public static func regions(of file: AnnotationFile) throws(ScoringError) -> [String: [TimeSpan]] {
        var regions: [String: [TimeSpan]] = [:]
        try file.forEachLine { line throws(ScoringError) in
            try line.expect(4, of: "a line of UEM")
            regions[line.fields[0], default: []].append(try line.span(start: 2, end: 3))
        }
        return regions
    }
}
