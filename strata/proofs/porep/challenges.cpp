#include <strata/proofs/porep/challenges.hpp>

#include <strata/crypto/blake2.hpp>
#include <strata/crypto/chacha.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

/// Returns a little-endian number modulo `modulus`, which is below 2^32.
std::uint64_t remainder_of(BytesView number, std::uint64_t modulus) {
    std::uint64_t rest = 0;
    for (std::size_t i = number.size(); i-- > 0;) rest = (rest << 8 | number[i]) % modulus;
    return rest;
}

/// Node 0, which has no parents, is never challenged.
std::uint64_t node_from(BytesView digest, std::uint64_t nodes) {
    return remainder_of(digest, nodes - 1) + 1;
}

/// Returns challenge `index` of an interactive or a non-interactive proof. The complete hash is reduced, while a
/// challenge of a PoSt takes only the first eight bytes of its hash.
std::uint64_t hashed_challenge(const SealConfig& config, const ChallengeSeeds& seeds, std::uint32_t index) {
    Bytes message;
    if (config.feature == SealFeature::non_interactive) {
        append(message, as_bytes("filecoin.io|PoRep|1|NonInteractive|1"));
        append(message, seeds.replica_id);
        append(message, seeds.comm_r);
    } else {
        append(message, seeds.replica_id);
        append(message, seeds.seed);
    }
    ByteArray<4> number;
    store_le(number.data(), index);
    append(message, number);
    return node_from(crypto::sha256(message), config.nodes());
}

Hash256 synthetic_key(std::string_view domain, const Hash256& replica_id, const Hash256& other) {
    crypto::Blake2b hash(32, as_bytes(domain));
    hash.update(replica_id);
    hash.update(other);
    Hash256 out;
    hash.finish(out);
    return out;
}

/// Returns a block of the ChaCha20 key stream with FIP-0059's nonce "synth-porep\0".
ByteArray<64> stream_block(const Hash256& key, std::uint64_t block) {
    static constexpr std::string_view kNonce = "synth-porep";
    ByteArray<12> nonce{};
    std::ranges::copy(kNonce, nonce.begin());
    const auto words =
        crypto::chacha_block(20, key,
                             {static_cast<std::uint32_t>(block), load_le<std::uint32_t>(nonce.data()),
                              load_le<std::uint32_t>(nonce.data() + 4), load_le<std::uint32_t>(nonce.data() + 8)});
    ByteArray<64> out;
    for (std::size_t i = 0; i < words.size(); ++i) store_le(out.data() + 4 * i, words[i]);
    return out;
}

}  // namespace

SyntheticChallenges::SyntheticChallenges(std::uint64_t nodes, const Hash256& replica_id, const Hash256& comm_r,
                                         std::uint64_t max_count)
    : nodes_(nodes),
      count_(std::min(nodes, max_count)),
      replica_id_(replica_id),
      key_(synthetic_key("filecoin.io|PoRep|1|Synthetic|1|Generation", replica_id, comm_r)) {}

std::uint64_t SyntheticChallenges::operator[](std::uint64_t i) const {
    // A block of the key stream is 64 bytes: two challenges of 32 bytes.
    const auto block = stream_block(key_, i / 2);
    return node_from(BytesView(block).subspan(i % 2 * 32, 32), nodes_);
}

std::uint64_t SyntheticChallenges::selected(const Hash256& seed, std::uint64_t j) const {
    // Here a block holds 16 indices of four bytes.
    const auto key = synthetic_key("filecoin.io|PoRep|1|Synthetic|1|Selection", replica_id_, seed);
    return load_le<std::uint32_t>(stream_block(key, j / 16).data() + j % 16 * 4) % count_;
}

std::vector<std::uint64_t> porep_challenges(const SealConfig& config, const ChallengeSeeds& seeds,
                                            std::size_t partition) {
    std::vector<std::uint64_t> out;
    const SyntheticChallenges synthetic(config.nodes(), seeds.replica_id, seeds.comm_r);
    for (std::size_t i = 0; i < config.challenges; ++i) {
        const std::uint64_t j = partition * config.challenges + i;
        out.push_back(config.feature == SealFeature::synthetic
                          ? synthetic[synthetic.selected(seeds.seed, j)]
                          : hashed_challenge(config, seeds, static_cast<std::uint32_t>(j)));
    }
    return out;
}

Result<std::vector<Fr>> porep_public_inputs(const SealConfig& config, const StackedGraph& graph,
                                            const ChallengeSeeds& seeds, const Hash256& comm_d, std::size_t partition) {
    std::vector<Fr> out;
    for (const auto* commitment : {&seeds.replica_id, &comm_d, &seeds.comm_r}) {
        STRATA_TRY(const auto element, Fr::from_bytes(*commitment));
        out.push_back(element);
    }
    for (const auto challenge : porep_challenges(config, seeds, partition)) {
        const auto put = [&](std::uint64_t node) { out.push_back(Fr::from_u64(node)); };
        put(challenge);  // path in TreeD
        for (const auto parent : graph.parents(challenge)) put(parent);
        for (int i = 0; i < 3; ++i) put(challenge);  // as the labelled node, and for the paths in TreeRLast and TreeC
    }
    return out;
}

}  // namespace strata::proofs
