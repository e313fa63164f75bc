#pragma once
// The meaning of a registered seal proof: graph, layers, challenges (docs/protocol/proofs.md §3).
#include <strata/proofs/porep/vanilla_proof.hpp>
#include <strata/proofs/sdr/graph.hpp>
#include <strata/types/sector.hpp>

namespace strata::proofs {

enum class SealFeature : std::uint8_t { interactive, synthetic, non_interactive };

struct SealConfig {
    std::uint64_t sector_size = 0;
    Hash256 porep_id{};
    GraphRules rules{};
    SealFeature feature{};
    unsigned log2_nodes = 0;
    std::uint32_t layers = 0;
    std::size_t partitions = 0;
    std::size_t challenges = 0;  // of a partition

    /// Errors: invalid_argument.
    static Result<SealConfig> of(RegisteredSealProof proof);
    /// Also allows the test sizes of docs/protocol/proofs.md §3 and other graphs. Errors: invalid_argument.
    static Result<SealConfig> of(std::uint64_t sector_size, const Hash256& porep_id, GraphRules rules,
                                 SealFeature feature);

    std::uint64_t nodes() const { return std::uint64_t{1} << log2_nodes; }
    StackedGraph graph() const { return {nodes(), porep_id, rules}; }
};

/// One sector to seal or to prove.
struct SealSubject {
    SealConfig config;
    Hash256 prover_id{};
    SectorNumber number = 0;
    Hash256 ticket{};
};

/// Encodes the miner's actor number as the proofs do: an unsigned varint, then zeros.
Hash256 prover_id_of(ActorId miner);
/// Makes the replica id, which is hashed into every label (docs/protocol/proofs.md §5).
Hash256 replica_id_of(const SealSubject& subject, const Hash256& comm_d);

}  // namespace strata::proofs
