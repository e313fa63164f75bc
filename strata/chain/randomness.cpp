#include <strata/chain/randomness.hpp>

#include <strata/crypto/hash.hpp>

namespace strata::chain {

Hash256 mix_randomness(RandomnessTag tag, const Hash256& digest, ChainEpoch epoch, BytesView entropy) {
    Bytes data(8);
    store_be(data.data(), static_cast<std::uint64_t>(tag));
    append(data, digest);
    ByteArray<8> number;
    store_be(number.data(), static_cast<std::uint64_t>(epoch));
    append(data, number);
    append(data, entropy);
    return crypto::blake2b_256(data);
}

Hash256 draw_randomness(RandomnessTag tag, BytesView base, ChainEpoch epoch, BytesView entropy) {
    return mix_randomness(tag, crypto::blake2b_256(base), epoch, entropy);
}

Bytes miner_entropy(const Address& miner) {
    return to_cbor(miner);
}

Hash256 ticket_randomness(BytesView beacon, const Address& miner, ChainEpoch height, BytesView parent_ticket) {
    Bytes entropy = miner_entropy(miner);
    append(entropy, parent_ticket);
    // Ticket production is the only purpose that mixes in the epoch before the block's own.
    return draw_randomness(RandomnessTag::ticket_production, beacon, height - 1, entropy);
}

Hash256 election_randomness(BytesView beacon, const Address& miner, ChainEpoch height) {
    return draw_randomness(RandomnessTag::election_proof_production, beacon, height, miner_entropy(miner));
}

Hash256 winning_post_randomness(BytesView beacon, const Address& miner, ChainEpoch height) {
    return draw_randomness(RandomnessTag::winning_post_challenge_seed, beacon, height, miner_entropy(miner));
}

}  // namespace strata::chain
