#pragma once
// The provider's door to the chain: what it reads there and what it sends. Implemented on a node's chain
// (node_chain.hpp) and by a small world in tests. All answers are about the state after the head.
#include <strata/actors/read/miner.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/provider/message_chain.hpp>
#include <strata/types/sector.hpp>

namespace strata::provider {

struct PreCommitOnChain {
    Cid sealed_cid;
    ChainEpoch epoch = 0;  // in which it landed
    TokenAmount deposit;
};

struct SectorOnChain {
    RegisteredSealProof proof{};
    Cid sealed_cid;
    ChainEpoch activation = 0;
    ChainEpoch expiration = 0;
};

using actors::read::DeadlineView;
using actors::read::MinerMoney;
using actors::read::PartitionView;
using actors::read::ProvingView;

class MinerChain : public MessageChain {
  public:
    // Both are drawn from the head's chain, with the miner's address as entropy (for tickets only if
    // `with_miner`). Errors: out_of_range for an epoch after the head.
    virtual Result<Hash256> ticket_randomness(chain::RandomnessTag tag, ChainEpoch epoch, bool with_miner) = 0;
    virtual Result<Hash256> beacon_randomness(chain::RandomnessTag tag, ChainEpoch epoch) = 0;
    virtual ChainEpoch challenge_delay() = 0;

    virtual Result<BitField> allocated_numbers() = 0;
    virtual Result<std::optional<PreCommitOnChain>> pre_commit(SectorNumber number) = 0;
    virtual Result<std::optional<SectorOnChain>> sector(SectorNumber number) = 0;
    virtual Result<ProvingView> proving() = 0;

    virtual Result<MinerMoney> money() = 0;
    /// The deposit that one pre-commitment locks.
    virtual Result<TokenAmount> pre_commit_deposit(RegisteredSealProof proof) = 0;
    /// The pledge that a sector with this much verified data locks, if all of that data stays for `duration`.
    virtual Result<TokenAmount> initial_pledge(RegisteredSealProof proof, std::uint64_t verified_bytes,
                                               ChainEpoch duration) = 0;

    enum class Sender { worker, owner };
    /// Signs a message to the miner, with nonce and gas, and does not publish it. Errors: verification if the message
    /// would fail in the state after the head.
    virtual Result<SignedMessage> sign(Sender sender, MethodNumber method, Bytes params, const TokenAmount& value) = 0;
};

}  // namespace strata::provider
