#pragma once
// The provider's door to the chain: what it reads and sends. Implemented over a node (node_chain.hpp) and by a small
// world in tests. All answers are about the head.
#include <strata/chain/randomness.hpp>
#include <strata/ipld/bitfield.hpp>
#include <strata/types/message.hpp>
#include <strata/types/sector.hpp>

namespace strata::provider {

struct PreCommitOnChain {
    Cid sealed_cid;
    ChainEpoch epoch = 0;  // when it was made
    TokenAmount deposit;
};

struct SectorOnChain {
    RegisteredSealProof proof{};
    Cid sealed_cid;
    ChainEpoch activation = 0;
    ChainEpoch expiration = 0;
};

struct PartitionView {
    BitField live, faults, recoveries;
};

struct DeadlineView {
    std::vector<PartitionView> partitions;  // by index
    BitField posted;                        // partitions proven in the deadline that is open or comes next
};

struct ProvingView {
    ChainEpoch period_start = 0;  // of some proving period
    std::vector<DeadlineView> deadlines;
};

struct MinerMoney {
    TokenAmount balance;
    TokenAmount vesting;  // rewards that are still locked
    TokenAmount pre_commit_deposits;
    TokenAmount initial_pledge;
    TokenAmount fee_debt;
    TokenAmount available;
};

struct MessageFate {
    enum class Kind {
        waiting,
        landed,
        lost,  // a different message has used its nonce, so that it can never land
    };
    Kind kind = Kind::waiting;
    ChainEpoch height = 0;  // landed: the epoch it was executed in
    Receipt receipt;
};

/// Where messages go and what becomes of them: what an Outbox needs.
class MessageChain {
  public:
    virtual ~MessageChain() = default;
    virtual ChainEpoch head_epoch() = 0;
    /// Publishing a message twice is not an error.
    virtual Status publish(const SignedMessage& message) = 0;
    virtual Result<MessageFate> fate(const SignedMessage& message) = 0;
};

class MinerChain : public MessageChain {
  public:
    /// Drawn from the head's chain with the miner's address as entropy. Errors: out_of_range above the head.
    virtual Result<Hash256> ticket_randomness(chain::RandomnessTag tag, ChainEpoch epoch, bool with_miner) = 0;
    virtual Result<Hash256> beacon_randomness(chain::RandomnessTag tag, ChainEpoch epoch) = 0;
    virtual ChainEpoch challenge_delay() = 0;

    virtual Result<BitField> allocated_numbers() = 0;
    virtual Result<std::optional<PreCommitOnChain>> pre_commit(SectorNumber number) = 0;
    virtual Result<std::optional<SectorOnChain>> sector(SectorNumber number) = 0;
    virtual Result<ProvingView> proving() = 0;

    virtual Result<MinerMoney> money() = 0;
    /// The deposit that one pre-commitment of the miner's sector size locks.
    virtual Result<TokenAmount> pre_commit_deposit(RegisteredSealProof proof) = 0;
    /// The most that a sector with so much verified data locks as pledge.
    virtual Result<TokenAmount> initial_pledge(RegisteredSealProof proof, std::uint64_t verified_bytes,
                                               ChainEpoch duration) = 0;

    enum class Sender { worker, owner };
    /// A message to the miner, with nonce and gas, not published yet. Errors: verification where it would fail on
    /// chain.
    virtual Result<SignedMessage> sign(Sender sender, MethodNumber method, Bytes params, const TokenAmount& value) = 0;
};

}  // namespace strata::provider
