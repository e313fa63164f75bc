#include <strata/provider/node_chain.hpp>

#include <strata/actors/miner/quality.hpp>
#include <strata/actors/policy.hpp>
#include <strata/actors/read/costs.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/gas_estimate.hpp>
#include <strata/chain/message_pool.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/chain/send_message.hpp>
#include <strata/chain/supply.hpp>
#include <strata/provider/config.hpp>
#include <strata/provider/miner_messages.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::provider {
namespace {

const Log kLog("provider");

/// Returns the message of the pool that has the same sender and nonce.
Result<std::optional<Message>> in_pool(chain::Chain& chain, const Message& message) {
    STRATA_TRY(const auto pending, chain.pending_from(message.from));
    for (const auto& entry : pending)
        if (entry.message.message.nonce == message.nonce) return std::optional(entry.message.message);
    return std::optional<Message>();
}

/// Returns true if both make the same call, whatever they bid.
bool is_same_call(Message a, const Message& b) {
    a.gas_limit = b.gas_limit;
    a.gas_fee_cap = b.gas_fee_cap;
    a.gas_premium = b.gas_premium;
    return a.cid() == b.cid();
}

class WalletMinerChain final : public MinerChain {
  public:
    WalletMinerChain(chain::Chain& chain, wallet::Wallet& wallet, const Address& miner, ActorId id,
                     std::shared_ptr<const MaxFees> max_fees)
        : chain_(chain), wallet_(wallet), miner_(miner), id_(id), max_fees_(std::move(max_fees)) {}

    ChainEpoch head_epoch() override { return chain_.head()->height(); }

    Result<Hash256> ticket_randomness(chain::RandomnessTag tag, ChainEpoch epoch, bool with_miner) override {
        STRATA_TRY(const auto digest, chain_.chain_randomness(chain_.head(), epoch));
        return chain::mix_randomness(tag, digest, epoch, with_miner ? chain::miner_entropy(miner_) : Bytes{});
    }
    Result<Hash256> beacon_randomness(chain::RandomnessTag tag, ChainEpoch epoch) override {
        STRATA_TRY(const auto digest, chain_.beacon_randomness(chain_.head(), epoch));
        return chain::mix_randomness(tag, digest, epoch, chain::miner_entropy(miner_));
    }
    ChainEpoch challenge_delay() override { return chain_.network().policy->pre_commit_challenge_delay; }

    Result<BitField> allocated_numbers() override {
        STRATA_TRY(auto* current, snapshot());
        return current->miner.allocated_numbers();
    }
    Result<std::optional<PreCommitOnChain>> pre_commit(SectorNumber number) override {
        STRATA_TRY(auto* current, snapshot());
        STRATA_TRY(auto found, current->miner.pre_commit(number));
        if (!found) return std::optional<PreCommitOnChain>{};
        return std::optional(PreCommitOnChain{std::move(found->info.sealed_cid), found->pre_commit_epoch,
                                              std::move(found->pre_commit_deposit)});
    }
    Result<std::optional<SectorOnChain>> sector(SectorNumber number) override {
        STRATA_TRY(auto* current, snapshot());
        STRATA_TRY(auto found, current->miner.sector(number));
        if (!found) return std::optional<SectorOnChain>{};
        return std::optional(
            SectorOnChain{found->seal_proof, std::move(found->sealed_cid), found->activation, found->expiration});
    }
    Result<ProvingView> proving() override {
        STRATA_TRY(auto* current, snapshot());
        if (!current->proving) {
            STRATA_TRY(current->proving, current->miner.proving());
        }
        return *current->proving;
    }
    Result<MinerMoney> money() override {
        STRATA_TRY(auto* current, snapshot());
        return current->miner.money();
    }
    Result<TokenAmount> pre_commit_deposit(RegisteredSealProof proof) override {
        STRATA_TRY(auto* current, snapshot());
        STRATA_TRY(const auto size, sector_size(proof));
        return actors::read::pre_commit_deposit(*current->state, size);
    }
    Result<TokenAmount> initial_pledge(RegisteredSealProof proof, std::uint64_t verified_bytes,
                                       ChainEpoch duration) override {
        STRATA_TRY(auto* current, snapshot());
        STRATA_TRY(const auto size, sector_size(proof));
        const ChainEpoch epoch = current->head->height() + 1;
        STRATA_TRY(const auto supply, chain::vm_supply(chain_.network(), epoch, *current->state));
        // FIP-0118: since Solstice every sector counts as full of verified data.
        const std::uint64_t counted =
            chain_.network().version_at(epoch) >= kSolstice ? static_cast<std::uint64_t>(size) : verified_bytes;
        const auto power = actors::miner::qa_power_for_weight(size, duration, BigInt(counted) * BigInt(duration));
        return actors::read::initial_pledge(*current->state, epoch, power, supply.circulating());
    }

    Result<SignedMessage> sign(Sender sender, MethodNumber method, Bytes params, const TokenAmount& value) override {
        STRATA_TRY(auto* current, snapshot());
        STRATA_TRY(const auto info, current->miner.info());
        Message message;
        message.to = miner_;
        message.from = sender == Sender::worker ? info.worker : info.owner;
        message.method = method;
        message.params = std::move(params);
        message.value = value;
        const auto max_fee = max_fee_of(message);
        return chain::price_and_sign(chain_, wallet_, std::move(message), max_fee);
    }

    Status publish(const SignedMessage& message) override { return publish_through(chain_, message); }
    Result<MessageFate> fate(const SignedMessage& message) override { return fate_through(chain_, message); }
    Status raise_bid(const SignedMessage& message) override {
        return raise_bid_through(chain_, wallet_, message, max_fee_of(message.message));
    }

  private:
    /// The state after the head, and what was read from it. One epoch's work asks many questions about the same head.
    struct Snapshot {
        chain::TipsetPtr head;
        std::unique_ptr<vm::StateTree> state;
        actors::read::Miner miner;
        std::optional<ProvingView> proving;
    };

    TokenAmount max_fee_of(const Message& message) const {
        return nano_fil(message.method == kSubmitWindowedPoSt ? max_fees_->window_post : max_fees_->usual);
    }

    Result<Snapshot*> snapshot() {
        const auto head = chain_.head();
        if (!snapshot_ || snapshot_->head->key() != head->key()) {
            STRATA_TRY(const auto after, chain_.state_after(head));
            STRATA_TRY(auto loaded, vm::StateTree::load(chain_.blocks(), after.state_root));
            auto state = std::make_unique<vm::StateTree>(std::move(loaded));
            STRATA_TRY(auto miner, actors::read::Miner::load(*state, Address::id(id_)));
            snapshot_.emplace(Snapshot{head, std::move(state), std::move(miner), std::nullopt});
        }
        return &*snapshot_;
    }

    chain::Chain& chain_;
    wallet::Wallet& wallet_;
    const Address miner_;
    const ActorId id_;
    const std::shared_ptr<const MaxFees> max_fees_;
    std::optional<Snapshot> snapshot_;

  public:
    /// Errors: not_found if the head's state has no such miner.
    Status check() {
        STRATA_OK(snapshot());
        return {};
    }
};

}  // namespace

Status publish_through(chain::Chain& chain, const SignedMessage& message) {
    STRATA_TRY(const bool waits, chain.is_pending(message.cid()));
    if (waits) return {};
    const auto pushed = chain.push(message);
    // out_of_range means that the nonce is used up, by this message or by a different one; fate_through() says by
    // which.
    if (pushed || pushed.error().code() == Errc::out_of_range) return {};
    // The pool refuses a message whose replacement with a higher bid it has.
    const auto other = in_pool(chain, message.message);
    return other && *other && is_same_call(**other, message.message) ? Status() : Status(pushed.error());
}

TokenAmount nano_fil(std::int64_t amount) {
    constexpr std::int64_t kAttoPerNano = 1'000'000'000;
    return TokenAmount(amount) * BigInt(kAttoPerNano);
}

Status raise_bid_through(chain::Chain& chain, wallet::Wallet& wallet, const SignedMessage& message,
                         const TokenAmount& max_fee) {
    STRATA_TRY(auto state, chain.head_state());
    STRATA_TRY(const auto sender, state.resolve(message.message.from));
    if (!sender) return {};
    STRATA_TRY(const auto actor, state.get(*sender));
    if (!actor || actor->sequence != message.message.nonce) return {};  // one before it has to land first
    STRATA_TRY(const auto present, in_pool(chain, message.message));
    if (!present || !is_same_call(*present, message.message)) return {};
    Message bid = *present;
    bid.gas_fee_cap = bid.gas_premium = TokenAmount(0);
    STRATA_TRY(bid, chain.estimate_gas(chain.head(), std::move(bid), max_fee));
    // Lotus raises a premium to 125 % (lotus chain/messagepool/config.go). Where the bound allows less, what a pool
    // takes is enough.
    const auto raised = div_floor(present->gas_premium * BigInt(5), BigInt(4)) + TokenAmount(1);
    bid.gas_premium = max(bid.gas_premium, raised);
    bid.gas_fee_cap = max(max(bid.gas_fee_cap, present->gas_fee_cap), bid.gas_premium);
    chain::cap_fee(bid, max_fee);
    if (bid.gas_premium < chain::least_replacement_premium(present->gas_premium) ||
        bid.gas_fee_cap < present->gas_fee_cap)
        return fail(Errc::out_of_range,
                    "message " + message.cid().to_string() + " waits, and a higher bid would cost more than it may");
    STRATA_TRY(auto signature, wallet.sign(bid.from, bid.cid().bytes()));
    const SignedMessage replacement{std::move(bid), std::move(signature)};
    STRATA_TRY(const auto cid, chain.push(replacement));
    kLog.info("a message that waited too long is replaced with a higher bid",
              {{"message", message.cid().to_string()},
               {"replacement", cid.to_string()},
               {"fee_cap", replacement.message.gas_fee_cap.to_string()},
               {"premium", replacement.message.gas_premium.to_string()}});
    return {};
}

Result<MessageFate> fate_through(chain::Chain& chain, const SignedMessage& message) {
    // search() returns a receipt if the message landed, an empty optional if it only waits, verification if a different
    // message took its nonce, and not_found if neither chain nor pool has it.
    const auto found = chain.search(message.cid());
    if (found && *found) return MessageFate{MessageFate::Kind::landed, (*found)->height, (*found)->receipt};
    if (!found && found.error().code() == Errc::verification) return MessageFate{MessageFate::Kind::lost, 0, {}};
    if (!found && found.error().code() != Errc::not_found) return found.error();
    if (found) return MessageFate{};
    // A message that the pool dropped can be published again while its nonce is free. The pool is asked once more,
    // because the message may have come back since the search.
    STRATA_TRY(const Nonce next, chain.next_nonce(message.message.from));
    if (message.message.nonce >= next) return MessageFate{};
    STRATA_TRY(const bool waits, chain.is_pending(message.cid()));
    return MessageFate{waits ? MessageFate::Kind::waiting : MessageFate::Kind::lost, 0, {}};
}

Result<std::unique_ptr<MinerChain>> chain_through(chain::Chain& chain, wallet::Wallet& wallet, const Address& miner,
                                                  std::shared_ptr<const MaxFees> max_fees) {
    const auto id = miner.as_id();
    if (!id)
        return fail(Errc::invalid_argument, "the miner of a provider is given as " + miner.to_string('t') +
                                                ", expected its ID address (t0...)");
    if (!max_fees) max_fees = std::make_shared<MaxFees>();
    auto out = std::make_unique<WalletMinerChain>(chain, wallet, miner, *id, std::move(max_fees));
    STRATA_OK(out->check());
    return std::unique_ptr<MinerChain>(std::move(out));
}

}  // namespace strata::provider
