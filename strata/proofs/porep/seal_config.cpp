#include <strata/proofs/porep/seal_config.hpp>

#include <strata/base/varint.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/node.hpp>

namespace strata::proofs {
namespace {

constexpr unsigned kLargeLog2 = 30;  // 2^30 nodes are 32 GiB

std::size_t partitions_of(bool large, SealFeature feature) {
    if (feature == SealFeature::non_interactive) return large ? 126 : 13;  // FIP-0092
    return large ? 10 : 1;
}

}  // namespace

Result<SealConfig> SealConfig::of(std::uint64_t sector_size, const Hash256& porep_id, GraphRules rules,
                                  SealFeature feature) {
    STRATA_TRY(const auto shape, porep_shape(sector_size));
    SealConfig out;
    out.sector_size = sector_size;
    out.porep_id = porep_id;
    out.rules = rules;
    out.feature = feature;
    out.log2_nodes = static_cast<unsigned>(shape.data_tree.arities.size());
    out.layers = static_cast<std::uint32_t>(shape.layers);
    out.challenges = shape.challenges;
    out.partitions = partitions_of(out.log2_nodes >= kLargeLog2, feature);
    return out;
}

Result<SealConfig> SealConfig::of(RegisteredSealProof proof) {
    STRATA_TRY(const auto size, strata::sector_size(proof));
    const auto number = static_cast<std::uint64_t>(proof);
    // As in the reference, the PoRep ID is the proof's number, a nonce that is always 0, and 16 zero bytes.
    Hash256 porep_id{};
    store_le(porep_id.data(), number);
    const auto feature = is_synthetic(proof)         ? SealFeature::synthetic
                         : is_non_interactive(proof) ? SealFeature::non_interactive
                                                     : SealFeature::interactive;
    const auto rules = number < 5 ? GraphRules::v1_0 : GraphRules::v1_1;  // numbers 0 to 4 are the V1 proofs
    return of(static_cast<std::uint64_t>(size), porep_id, rules, feature);
}

Hash256 prover_id_of(ActorId miner) {
    Hash256 out{};
    std::ranges::copy(uvarint(miner), out.begin());
    return out;
}

Hash256 replica_id_of(const SealSubject& subject, const Hash256& comm_d) {
    Bytes message;
    append(message, subject.prover_id);
    ByteArray<8> number;
    // Big-endian here, while the challenges of a PoSt take the number little-endian.
    store_be<std::uint64_t>(number.data(), subject.number);
    append(message, number);
    append(message, subject.ticket);
    append(message, comm_d);
    append(message, subject.config.porep_id);
    return trimmed(crypto::sha256(message));
}

}  // namespace strata::proofs
