/// How voices of a recording are divided among people.
public enum ClusteringMethod: String, Sendable, CaseIterable {
    /// VBx where the installed models bring what it needs, else what suits the speaker encoder best.
    case automatic
    /// Agglomerative with average linkage on cosine distance.
    case linkage
    /// Agglomerative with centroid linkage on unit vectors.
    case centroid
    /// Bayesian, with probabilistic linear discriminant analysis (VBx).
    case vbx
    /// Spectral, with the number of neighbours found by the eigengap (NME-SC).
    case spectral
}
