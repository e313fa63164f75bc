#pragma once
// A small world for tests: a pool, and a miner actor with the rules that matter to its provider. The rules of
// docs/protocol/storage.md §2.3, §2.4 and §4 are written a second time here, so that they judge the provider
// independently.
#include <set>

#include <strata/provider/local_provider.hpp>
#include <strata/provider/test_prover.hpp>

namespace strata::provider::testing {

/// The chain and its pool, which survive a kill of the provider.
class World {
  public:
    static constexpr ChainEpoch kDelay = 10;  // from a pre-commitment to its challenge
    static constexpr ActorId kMiner = 1000;

    struct Sector {
        SectorOnChain info;
        std::uint64_t deadline = 0;
        bool proven = false;
    };
    struct Call {
        ChainEpoch epoch;
        MethodNumber method;
        std::uint32_t exit_code;
    };

    ChainEpoch head = 0;
    ChainEpoch period_start = 5;
    std::map<SectorNumber, PreCommitOnChain> pre_commits;
    std::map<SectorNumber, Sector> sectors;
    std::map<SectorNumber, std::vector<DealId>> deals;
    BitField allocated, faults, recoveries;
    std::set<std::uint64_t> posted;  // deadlines whose present opening is proven
    TokenAmount balance, locked;
    std::vector<Call> calls;
    /// The exit codes with which the next calls of a method end, whatever they ask for.
    std::map<MethodNumber, std::vector<std::uint32_t>> spoil;
    /// Called whenever the provider calls the world; a test may stop the provider there.
    std::function<void()> outside = [] {};

    void mine(ChainEpoch epoch);
    bool has_pending() const { return !pending_.empty(); }
    /// The pool forgets everything, as if the node was killed too.
    void lose_pool() { pending_.clear(); }
    /// Somebody else uses the worker's next nonce.
    void take_nonce() { ++nonce_; }
    int count(MethodNumber method, bool ok) const;

    Result<SignedMessage> sign(MethodNumber method, Bytes params, const TokenAmount& value);
    Status publish(const SignedMessage& message);
    MessageFate fate(const SignedMessage& message) const;
    ChainEpoch last_open(std::uint64_t deadline, ChainEpoch epoch) const;
    static Hash256 randomness(chain::RandomnessTag tag, ChainEpoch epoch);

  private:
    std::uint32_t apply(const Message& message, ChainEpoch epoch);
    std::uint32_t pre_commit(const Message& message, ChainEpoch epoch);
    std::uint32_t prove_commit(const Message& message, ChainEpoch epoch);
    std::uint32_t window_post(const Message& message, ChainEpoch epoch);
    std::uint32_t declare(const Message& message, ChainEpoch epoch);
    void close_deadlines(ChainEpoch from, ChainEpoch to);

    Nonce nonce_ = 0;
    std::map<Nonce, SignedMessage> pending_;
    std::map<Cid, MessageFate> landed_;
};

std::unique_ptr<MinerChain> chain_of(World& world);

}  // namespace strata::provider::testing
