// Verification of vanilla PoRep proofs.
#include <strata/crypto/poseidon.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/porep/challenges.hpp>
#include <strata/proofs/porep/sealed_sector.hpp>
#include <strata/proofs/sdr/labels.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

Status check_path(const PathShape& shape, const Fr& leaf, const PathValues& path, std::uint64_t index, const Fr& root,
                  std::string_view tree) {
    if (path.index != index)
        return fail(Errc::verification, "a path in " + std::string(tree) + " belongs to node " +
                                            std::to_string(path.index) + ", expected " + std::to_string(index));
    STRATA_TRY(const auto got, root_of_path(shape, leaf, path));
    if (got != root)
        return fail(Errc::verification,
                    "the path of node " + std::to_string(index) + " does not lead to the root of " + std::string(tree));
    return {};
}

Fr column_hash(std::span<const Fr> rows) {
    return crypto::poseidon(crypto::merkle_poseidon_constants(static_cast<unsigned>(rows.size())), rows);
}

Status check_column(const SealConfig& config, const PathShape& shape, const ColumnValues& column, std::uint64_t node,
                    const Fr& comm_c) {
    if (column.rows.size() != config.layers)
        return fail(Errc::invalid_argument, "a column has " + std::to_string(column.rows.size()) +
                                                " labels, expected " + std::to_string(config.layers));
    return check_path(shape, column_hash(column.rows), column.path, node, comm_c, "TreeC");
}

}  // namespace

Fr comm_r_of(const Fr& comm_c, const Fr& comm_r_last) {
    return crypto::poseidon(crypto::merkle_poseidon_constants(2), std::array{comm_c, comm_r_last});
}

Result<std::vector<Fr>> labels_of_challenge(const SealConfig& config, const Hash256& replica_id,
                                            const PorepChallengeValues& shown) {
    using Columns = std::span<const ColumnValues>;
    for (const Columns parents : {Columns(shown.drg_parents), Columns(shown.expander_parents)})
        for (const auto& column : parents)
            if (column.rows.size() != config.layers)
                return fail(Errc::invalid_argument, "the column of a parent has " + std::to_string(column.rows.size()) +
                                                        " labels, expected " + std::to_string(config.layers) +
                                                        ", one for each layer");
    std::vector<Fr> out;
    for (std::uint32_t layer = 1; layer <= config.layers; ++layer) {
        // DRG parents are in the layer itself, expander parents in the layer below; layer 1 has no layer below.
        std::vector<Node> parents;
        for (const auto& parent : shown.drg_parents) parents.push_back(parent.rows[layer - 1].to_bytes());
        if (layer > 1)
            for (const auto& parent : shown.expander_parents) parents.push_back(parent.rows[layer - 2].to_bytes());
        out.push_back(Fr::from_bytes_trimmed(label_of(replica_id, layer, shown.challenge, parents)));
    }
    return out;
}

Status check_porep_challenge(const SealConfig& config, const Parents& parents, const PorepPublicValues& commitments,
                             std::uint64_t challenge, const PorepChallengeValues& shown) {
    if (shown.challenge != challenge)
        return fail(Errc::verification, "the proof is about node " + std::to_string(shown.challenge) +
                                            ", expected the challenged node " + std::to_string(challenge));
    // The order is that of the circuit: the data, the parents' columns, the labels that follow from them, and the
    // replica that these labels encode.
    const auto data_shape = PathShape::binary_sha256(config.log2_nodes);
    const auto replica_shape = PathShape::of_replica(config.log2_nodes);
    STRATA_OK(check_path(data_shape, shown.data_leaf, shown.data_path, challenge, commitments.comm_d, "TreeD"));
    for (std::size_t i = 0; i < kDrgParents; ++i)
        STRATA_OK(check_column(config, replica_shape, shown.drg_parents[i], parents[i], commitments.comm_c));
    for (std::size_t i = 0; i < kExpanderParents; ++i)
        STRATA_OK(check_column(config, replica_shape, shown.expander_parents[i], parents[kDrgParents + i],
                               commitments.comm_c));
    STRATA_TRY(const auto labels, labels_of_challenge(config, commitments.replica_id.to_bytes(), shown));
    STRATA_OK(
        check_path(replica_shape, column_hash(labels), shown.column_path, challenge, commitments.comm_c, "TreeC"));
    return check_path(replica_shape, labels.back() + shown.data_leaf, shown.replica_path, challenge,
                      commitments.comm_r_last, "TreeRLast");
}

Status check_vanilla_seal_proof(const SealConfig& config, const VanillaSealProof& proof, const Hash256& seed) {
    const auto& c = proof.commitments;
    if (comm_r_of(c.comm_c, c.comm_r_last) != c.comm_r)
        return fail(Errc::verification, "the CommR of the proof is not the hash of its CommC and CommRLast");
    if (proof.partitions.size() != config.partitions)
        return fail(Errc::invalid_argument, "the proof has " + std::to_string(proof.partitions.size()) +
                                                " partitions, expected " + std::to_string(config.partitions));
    const auto graph = config.graph();
    const ChallengeSeeds seeds{c.replica_id.to_bytes(), c.comm_r.to_bytes(), seed};
    for (std::size_t k = 0; k < config.partitions; ++k) {
        const auto challenges = porep_challenges(config, seeds, k);
        if (proof.partitions[k].size() != challenges.size())
            return fail(Errc::invalid_argument, "partition " + std::to_string(k) + " answers " +
                                                    std::to_string(proof.partitions[k].size()) +
                                                    " challenges, expected " + std::to_string(challenges.size()));
        for (std::size_t i = 0; i < challenges.size(); ++i)
            STRATA_OK(
                check_porep_challenge(config, graph.parents(challenges[i]), c, challenges[i], proof.partitions[k][i]));
    }
    return {};
}

}  // namespace strata::proofs
