#pragma once
// Derives randomness for one purpose from a beacon signature or a ticket. Source: docs/protocol/node.md §4.1 (lotus
// chain/rand/rand.go).
#include <strata/types/basic.hpp>

namespace strata::chain {

/// The purposes of randomness, with the numbers that go into the hash (go-state-types crypto: DomainSeparationTag).
enum class RandomnessTag : std::int64_t {
    ticket_production = 1,
    election_proof_production = 2,
    winning_post_challenge_seed = 3,
    windowed_post_challenge_seed = 4,
    seal_randomness = 5,
    interactive_seal_challenge_seed = 6,
    windowed_post_deadline_assignment = 7,
    market_deal_cron_seed = 8,
    post_chain_commit = 9,
};

/// Derives randomness from the 32-byte digest of the base, as the VM's externs return it.
Hash256 mix_randomness(RandomnessTag tag, const Hash256& digest, ChainEpoch epoch, BytesView entropy);
/// Derives randomness from the base itself: the signature of a beacon entry or a VRF proof.
Hash256 draw_randomness(RandomnessTag tag, BytesView base, ChainEpoch epoch, BytesView entropy);

/// Returns the CBOR of an address, which is the entropy of all randomness that belongs to a miner.
Bytes miner_entropy(const Address& miner);
/// Returns the randomness that a block's ticket signs; `parent_ticket` is the VRF proof of the parent's minimal ticket.
Hash256 ticket_randomness(BytesView beacon, const Address& miner, ChainEpoch height, BytesView parent_ticket);
/// Returns the randomness that a block's election proof signs.
Hash256 election_randomness(BytesView beacon, const Address& miner, ChainEpoch height);
/// Returns the challenge seed of a block's winning proof.
Hash256 winning_post_randomness(BytesView beacon, const Address& miner, ChainEpoch height);

}  // namespace strata::chain
