#include <strata/proofs/prover.hpp>

#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/circuit/witness.hpp>
#include <strata/proofs/groth16/key.hpp>
#include <strata/proofs/groth16/setup.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/proofs/porep/seal_config.hpp>
#include <strata/proofs/post/post_config.hpp>

namespace strata::proofs {
namespace {

/// Makes the proofs of one circuit, partition by partition, and joins them.
class Partitions {
  public:
    static Result<Partitions> of(ParameterStore& parameters, CircuitKind kind, std::uint64_t sector_size,
                                 crypto::RandomSource& random, const Watch& watch) {
        STRATA_TRY(auto keys, parameters.open(kind, sector_size));
        return Partitions(std::move(keys), random, watch);
    }

    Status prove(const Assignment& values) {
        const auto& circuit = keys_->prover.circuit();
        if (values.inputs.size() != circuit.inputs || values.aux.size() != circuit.aux)
            return fail(Errc::invalid_argument,
                        "the values belong to a different circuit: " + std::to_string(values.inputs.size()) +
                            " inputs and " + std::to_string(values.aux.size()) + " further variables, expected " +
                            std::to_string(circuit.inputs) + " and " + std::to_string(circuit.aux));
        // If the values break a row, the proof is well formed but every verifier refuses it. Finding the row here costs
        // little compared with the proof, and the error names the row.
        if (const auto row = first_unsatisfied(circuit, values))
            return fail(Errc::verification,
                        "the values do not satisfy row " + std::to_string(*row) + " of the circuit");
        const auto r = random_element(random_);
        const auto s = random_element(random_);
        STRATA_TRY(const auto proof, keys_->prover.prove(values, r, s, watch_));
        append(out_, proof.to_bytes());
        return {};
    }
    Bytes take() { return std::move(out_); }

  private:
    Partitions(std::shared_ptr<const KeySet> keys, crypto::RandomSource& random, const Watch& watch)
        : keys_(std::move(keys)), random_(random), watch_(watch) {}

    std::shared_ptr<const KeySet> keys_;
    crypto::RandomSource& random_;
    const Watch& watch_;
    Bytes out_;
};

}  // namespace

Result<Bytes> prove_seal(ParameterStore& parameters, const SealConfig& config, const VanillaSealProof& vanilla,
                         crypto::RandomSource& random, const Watch& watch) {
    STRATA_TRY(const auto shape, porep_shape(config.sector_size));
    STRATA_TRY(auto proofs, Partitions::of(parameters, CircuitKind::porep, config.sector_size, random, watch));
    for (const auto& partition : vanilla.partitions) {
        STRATA_TRY(const auto values, porep_witness(shape, vanilla.commitments, partition));
        STRATA_OK(proofs.prove(values));
    }
    return proofs.take();
}

Result<Bytes> prove_window_post(ParameterStore& parameters, const PostConfig& config,
                                std::span<const std::vector<PostSectorValues>> partitions, crypto::RandomSource& random,
                                const Watch& watch) {
    STRATA_TRY(auto proofs, Partitions::of(parameters, CircuitKind::window_post, config.sector_size, random, watch));
    for (const auto& partition : partitions) {
        STRATA_TRY(const auto values, post_witness(config.shape, partition));
        STRATA_OK(proofs.prove(values));
    }
    return proofs.take();
}

Result<Bytes> prove_winning_post(ParameterStore& parameters, const PostConfig& config,
                                 std::span<const PostSectorValues> sectors, crypto::RandomSource& random,
                                 const Watch& watch) {
    STRATA_TRY(auto proofs, Partitions::of(parameters, CircuitKind::winning_post, config.sector_size, random, watch));
    STRATA_TRY(const auto values, post_witness(config.shape, sectors));
    STRATA_OK(proofs.prove(values));
    return proofs.take();
}

Result<Bytes> prove_update(ParameterStore& parameters, std::uint64_t sector_size,
                           std::span<const UpdateValues> partitions, crypto::RandomSource& random, const Watch& watch) {
    STRATA_TRY(const auto shape, update_shape(sector_size));
    STRATA_TRY(auto proofs, Partitions::of(parameters, CircuitKind::sector_update, sector_size, random, watch));
    for (const auto& partition : partitions) {
        STRATA_TRY(const auto values, update_witness(shape, partition));
        STRATA_OK(proofs.prove(values));
    }
    return proofs.take();
}

}  // namespace strata::proofs
