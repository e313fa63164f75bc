#pragma once
// Chains that do not behave towards the network as a node's chain does. One thread.
#include <strata/chain/local_chain.hpp>
#include <strata/crypto/random.hpp>

namespace strata::simulation {

/// Passes every call on.
class PassingPeer : public chain::Peer {
  public:
    /// `chain` must outlive the object.
    explicit PassingPeer(chain::LocalChain& chain) : chain_(chain) {}

    void set_source(chain::BlockSource& source) override { chain_.set_source(source); }
    void on_refusal(RefusalListener listener) override { chain_.on_refusal(std::move(listener)); }
    void on_message(MessageListener listener) override { chain_.on_message(std::move(listener)); }
    void on_block(BlockListener listener) override { chain_.on_block(std::move(listener)); }
    chain::Decision check_block(const BlockMsg& block, std::uint64_t now) override {
        return chain_.check_block(block, now);
    }
    Result<chain::Decision> receive_message(const SignedMessage& message) override {
        return chain_.receive_message(message);
    }
    Status receive_block(const chain::FullBlock& block, std::uint64_t now, const chain::PeerName& from) override {
        return chain_.receive_block(block, now, from);
    }
    Status receive_block(const BlockMsg& block, std::uint64_t now, const chain::PeerName& from) override {
        return chain_.receive_block(block, now, from);
    }
    Status advance(std::uint64_t now) override { return chain_.advance(now); }
    chain::ChainAnswer serve(const chain::ChainRequest& request) override { return chain_.serve(request); }
    Result<std::vector<chain::FullBlock>> head_blocks() override { return chain_.head_blocks(); }
    Result<chain::HeadNotice> head_notice() override { return chain_.head_notice(); }
    Status follow_head(const TipsetKey& head, std::uint64_t now, const chain::PeerName& from) override {
        return chain_.follow_head(head, now, from);
    }
    Status republish() override { return chain_.republish(); }

  protected:
    chain::LocalChain& chain_;
};

/// Lies in hello and chain exchange: says heads that do not exist, and answers with something else than was asked for.
class LyingPeer final : public PassingPeer {
  public:
    /// `random` must outlive the object.
    LyingPeer(chain::LocalChain& chain, crypto::RandomSource& random) : PassingPeer(chain), random_(random) {}

    chain::ChainAnswer serve(const chain::ChainRequest& request) override;
    Result<chain::HeadNotice> head_notice() override;

  private:
    crypto::RandomSource& random_;
};

/// A canary: takes the blocks of gossip without any check.
class CarelessPeer final : public PassingPeer {
  public:
    using PassingPeer::PassingPeer;
    using PassingPeer::receive_block;
    Status receive_block(const BlockMsg& block, std::uint64_t now, const chain::PeerName& from) override;
};

/// A canary: actors whose cron does nothing.
class IdleCron final : public vm::ActorTable {
  public:
    /// `actors` must outlive the object.
    explicit IdleCron(const vm::ActorTable& actors) : actors_(actors) {}
    bool knows(const Cid& code, vm::ActorType type) const override { return actors_.knows(code, type); }
    const vm::ActorCode* find(const Cid& code, vm::ActorType type) const override {
        return type == vm::ActorType::cron ? &idle_ : actors_.find(code, type);
    }

  private:
    struct Idle final : vm::ActorCode {
        vm::Syscall<vm::ActorExit> invoke(vm::Kernel&, vm::BlockId) const override { return vm::ActorExit{}; }
    };
    const vm::ActorTable& actors_;
    const Idle idle_;
};

}  // namespace strata::simulation
