import Foundation
import ParleyCore

/// A Bayesian mixture of people, each a point of PLDA space, fitted to voices by variational inference.
///
/// Landini et al. 2022 (VBx), equations 16 to 25, without the hidden Markov model: a voice's person does not depend on
/// the one before, as windows of local segmentation come several voices at a time. The numbers of equations in the
/// code are the paper's.
struct VariationalMixture: Sendable {
    /// How much the voices count against the prior (Fa); less than 1 because neighbouring voices are not independent.
    var evidenceScale = 0.07
    /// How strongly people are held together by the prior (Fb); more gives fewer people.
    var priorScale = 0.8
    /// How sure the start is: the exponent of its own cluster in a softmax.
    var startSmoothing = 7.0
    var largestRoundCount = 20
    /// Rounds end when the lower bound of the evidence grows by less.
    var leastGain = 1e-4

    /// Who the voices' people are.
    struct Fit: Sendable {
        /// Probability of each person for each voice, flat `[voice][person]`.
        var responsibilities: [Double]
        /// Share of each person in all voices.
        var priors: [Double]
        /// Rounds made.
        var roundCount: Int
    }

    /// Fits the mixture.
    /// - Parameters:
    ///   - features: In PLDA space, flat `[voice][axis]`.
    ///   - variances: Between people, for each axis.
    ///   - weights: How many equal voices each stands for.
    ///   - start: Cluster of each voice, from 0 without gaps.
    /// - Throws: `CancellationError`.
    func fit(
        _ features: [Double], variances: [Double], weights: [Double], start: [Int], cancellation: CancellationFlag
    ) throws -> Fit {
        let dimension = variances.count
        let personCount = (start.max() ?? 0) + 1
        let roots = variances.map { $0.squareRoot() }
        let statistics = VoiceStatistics(features, roots: roots)
        var fit = Fit(
            responsibilities: startResponsibilities(start, personCount),
            priors: Array(repeating: 1 / Double(personCount), count: personCount), roundCount: 0)
        var bound = -Double.infinity
        while fit.roundCount < largestRoundCount {
            try cancellation.check()
            let people = models(fit.responsibilities, statistics, variances, weights)
            let logLikelihood = try assign(
                &fit, statistics, people, dimension: dimension, variances, weights, cancellation)
            // (25)
            let newBound = logLikelihood + priorScale / 2 * people.divergence
            fit.roundCount += 1
            if fit.roundCount > 1, newBound - bound < leastGain { break }
            bound = newBound
        }
        return fit
    }

    private func startResponsibilities(_ start: [Int], _ personCount: Int) -> [Double] {
        let own = exp(startSmoothing)
        let total = own + Double(personCount - 1)
        var values = [Double](repeating: 1 / total, count: start.count * personCount)
        for (voice, person) in start.enumerated() { values[voice * personCount + person] = own / total }
        return values
    }

    /// The people's positions (16) and their uncertainty (17).
    private func models(
        _ responsibilities: [Double], _ statistics: VoiceStatistics, _ variances: [Double], _ weights: [Double]
    ) -> PersonModels {
        let dimension = variances.count
        let personCount = responsibilities.count / max(1, weights.count)
        let scale = evidenceScale / priorScale
        var sums = [Double](repeating: 0, count: personCount * dimension)
        var masses = [Double](repeating: 0, count: personCount)
        for (voice, weight) in weights.enumerated() {
            for person in 0..<personCount {
                let share = weight * responsibilities[voice * personCount + person]
                masses[person] += share
                // So small a share changes no sum.
                guard share > 1e-18 else { continue }
                for axis in 0..<dimension {
                    sums[person * dimension + axis] += share * statistics.scaled[voice * dimension + axis]
                }
            }
        }
        var models = PersonModels(positions: sums, variances: sums)
        for person in 0..<personCount {
            for axis in 0..<dimension {
                let variance = 1 / (1 + scale * masses[person] * variances[axis])
                models.variances[person * dimension + axis] = variance
                models.positions[person * dimension + axis] *= scale * variance
            }
        }
        return models
    }

    /// The probability of each person for each voice (23).
    /// - Returns: The log likelihood of all voices.
    private func assign(
        _ fit: inout Fit, _ statistics: VoiceStatistics, _ people: PersonModels, dimension: Int, _ variances: [Double],
        _ weights: [Double], _ cancellation: CancellationFlag
    ) throws -> Double {
        let personCount = fit.priors.count
        let offsets = (0..<personCount).map { person in
            var sum = 0.0
            for axis in 0..<dimension {
                let position = people.positions[person * dimension + axis]
                sum += (people.variances[person * dimension + axis] + position * position) * variances[axis]
            }
            return sum / 2
        }
        let logPriors = fit.priors.map { log($0 + 1e-8) }
        var logLikelihood = 0.0
        var masses = [Double](repeating: 0, count: personCount)
        var scores = [Double](repeating: 0, count: personCount)
        for (voice, weight) in weights.enumerated() {
            if voice % 256 == 0 { try cancellation.check() }
            let dots = statistics.dots(voice, people, personCount)
            for person in 0..<personCount {
                scores[person] =
                    evidenceScale * (dots[person] - offsets[person] + statistics.constants[voice]) + logPriors[person]
            }
            let largest = scores.max() ?? 0
            let total = largest + log(scores.reduce(0) { $0 + exp($1 - largest) })
            logLikelihood += weight * total
            for person in 0..<personCount {
                let share = exp(scores[person] - total)
                fit.responsibilities[voice * personCount + person] = share
                masses[person] += weight * share
            }
        }
        let mass = masses.reduce(0, +)
        fit.priors = masses.map { $0 / mass }
        return logLikelihood
    }
}

/// What does not change from round to round.
private struct VoiceStatistics {
    /// Features times the roots of the variances (18).
    let scaled: [Double]
    /// The part of (23) that is the same for all people.
    let constants: [Double]

    init(_ features: [Double], roots: [Double]) {
        let dimension = roots.count
        scaled = features.indices.map { features[$0] * roots[$0 % dimension] }
        constants = stride(from: 0, to: features.count, by: dimension).map { start in
            let square = features[start..<start + dimension].reduce(0) { $0 + $1 * $1 }
            return -0.5 * (square + Double(dimension) * log(2 * Double.pi))
        }
    }
}

extension VoiceStatistics {
    /// The products of a voice's vector with all people's positions.
    fileprivate func dots(_ voice: Int, _ people: PersonModels, _ personCount: Int) -> [Double] {
        let dimension = scaled.count / max(1, constants.count)
        return scaled.withUnsafeBufferPointer { scaled in
            people.positions.withUnsafeBufferPointer { positions in
                guard let scaled = scaled.baseAddress, let positions = positions.baseAddress else { return [] }
                return (0..<personCount).map {
                    Vector.dot(scaled + voice * dimension, positions + $0 * dimension, count: dimension)
                }
            }
        }
    }
}

/// The people of a round, flat `[person][axis]`.
private struct PersonModels {
    var positions: [Double]
    var variances: [Double]

    /// Minus twice the divergence of the people from their prior.
    var divergence: Double {
        zip(positions, variances).reduce(0) { $0 + log($1.1) - $1.1 - $1.0 * $1.0 + 1 }
    }
}
