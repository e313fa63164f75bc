#include <strata/chain/message_pool.hpp>

#include <strata/chain/base_fee.hpp>

namespace strata::chain {
namespace {

// Source: node.md §14.1.
constexpr std::size_t kMaxMessageSize = 64 * 1024;
constexpr std::int64_t kFeeCapDivisor = 100;  // of the base fee: below that a message waits too long to be worth room
constexpr std::int64_t kReplaceLeastPercent = 110;
constexpr std::int64_t kReplaceUsualPercent = 125;
constexpr std::size_t kKeptSignatures = 40'000;

Error refuse(Errc code, const std::string& what) {
    return fail(code, "message pool: " + what);
}

TokenAmount cost_of(const Message& message) {
    return message.gas_fee_cap * BigInt(message.gas_limit);
}

// Whatever is wrong with a signature or a sender: the peer should have seen it.
Status as_rejection(Status status) {
    if (status || status.error().is_fatal() || status.error().code() == Errc::verification) return status;
    return fail(Errc::verification, status.error().message());
}

}  // namespace

TokenAmount least_replacement_premium(const TokenAmount& premium) {
    return div_floor(premium * BigInt(kReplaceLeastPercent), 100) + BigInt(1);
}
TokenAmount suggested_replacement_premium(const TokenAmount& premium) {
    return max(least_replacement_premium(premium), div_floor(premium * BigInt(kReplaceUsualPercent), 100) + BigInt(1));
}

Verdict MessagePool::verdict_of(const Error& error) {
    return error.code() == Errc::verification || error.code() == Errc::too_large ? Verdict::reject : Verdict::ignore;
}

Result<MessagePool::Head> MessagePool::load_head(const TipsetPtr& tipset) {
    STRATA_TRY(const auto after, states_.state_after(tipset));
    STRATA_TRY(auto state, vm::StateTree::load(states_.chain().blocks(), after.state_root));
    STRATA_TRY(auto manifest, vm::Manifest::of_state(state));
    STRATA_TRY(auto base_fee, base_fee_after(states_.chain(), *tipset));
    return Head{tipset, std::move(state), std::move(manifest), std::move(base_fee)};
}

// Loaded when somebody asks: a head that is replaced at once is never executed for the pool's sake.
Result<MessagePool::Head*> MessagePool::head() {
    const auto tipset = states_.chain().head();
    if (!head_ || head_->tipset->key() != tipset->key()) {
        STRATA_TRY(head_, load_head(tipset));
    }
    return &*head_;
}

Status MessagePool::check_alone(const SignedMessage& signed_message) const {
    const Message& message = signed_message.message;
    if (to_cbor(signed_message).size() > kMaxMessageSize) return refuse(Errc::too_large, "more than 64 KiB");
    STRATA_OK(check_message_fields(message));
    if (message.gas_fee_cap < BigInt(kMinimumBaseFee))
        return refuse(Errc::invalid_argument, "fee cap below " + std::to_string(kMinimumBaseFee));
    const auto kind = message.from.protocol();
    if (kind == Address::Protocol::id || kind == Address::Protocol::actor)
        return refuse(Errc::verification, "the sender is not named by its key");
    if (signed_message.signature.type == Signature::Type::bls)
        return as_rejection(verify_signature(signed_message.signature, message.from, message.cid().bytes()));
    return as_rejection(check_message_signature(states_.network(), signed_message, message.from));
}

Status MessagePool::check_price(const Head& head, const SignedMessage& message, AddKind kind) const {
    // The VM's own inclusion cost, which is above the rule for blocks: a message between the two would be refused
    // when executed, and leave a gap that never closes (node.md §14.2).
    const auto least = inclusion_gas(message.chain_length());
    STRATA_OK(check_message_syntax(states_.network(), message.message, message.chain_length()));
    if (message.message.gas_limit < least)
        return refuse(Errc::verification, "gas limit below the inclusion cost of " + std::to_string(least));
    if (kind == AddKind::local) return {};
    const TokenAmount bound = max(BigInt(kMinimumBaseFee), div_floor(head.base_fee, kFeeCapDivisor));
    return message.message.gas_fee_cap < bound
               ? Status(refuse(Errc::invalid_argument, "fee cap below " + bound.to_string() + " at this base fee"))
               : Status{};
}

// Value is not counted: the sender may receive it before.
Status MessagePool::check_funds(const SenderAccount& account, const Message& message) const {
    TokenAmount needed = cost_of(message);
    if (account.balance < needed) return refuse(Errc::invalid_argument, "not enough funds for the gas");
    if (const auto it = senders_.find(message.from); it != senders_.end())
        for (const auto& [nonce, other] : it->second)
            if (nonce != message.nonce) needed += cost_of(other.message);
    return account.balance < needed
               ? Status(refuse(Errc::invalid_argument, "not enough funds for the gas of all pending messages"))
               : Status{};
}

Nonce MessagePool::free_nonce(const Address& from, Nonce state_nonce) const {
    const auto it = senders_.find(from);
    if (it == senders_.end()) return state_nonce;
    Nonce nonce = state_nonce;
    for (auto at = it->second.lower_bound(nonce); at != it->second.end() && at->first == nonce; ++at) ++nonce;
    return nonce;
}

Status MessagePool::check_place(const SenderAccount& account, const SignedMessage& signed_message, AddKind kind) const {
    const Message& message = signed_message.message;
    const bool strict = kind != AddKind::local;
    const Nonce next = free_nonce(message.from, account.nonce);
    const Nonce gap = kind == AddKind::untrusted ? 0 : limits_.nonce_gap;
    if (strict && message.nonce > next && message.nonce - next > gap)
        return refuse(Errc::out_of_range,
                      "nonce gap: " + std::to_string(message.nonce) + " while the next one is " + std::to_string(next));
    const auto sender = senders_.find(message.from);
    if (sender == senders_.end()) return {};
    const auto& waiting = sender->second;
    if (const auto old = waiting.find(message.nonce); old != waiting.end()) {
        if (old->second.cid() == signed_message.cid()) return refuse(Errc::invalid_argument, "existing nonce");
        if (strict && message.nonce > next) return refuse(Errc::out_of_range, "nonce gap before the replaced message");
        const auto least = least_replacement_premium(old->second.message.gas_premium);
        return message.gas_premium < least
                   ? Status(refuse(Errc::invalid_argument,
                                   "premium too low to replace: at least " + least.to_string() + " is needed"))
                   : Status{};
    }
    const std::size_t most = kind == AddKind::untrusted ? limits_.pending_per_guest : limits_.pending_per_sender;
    return strict && waiting.size() >= most ? Status(refuse(Errc::busy, "too many pending messages of this sender"))
                                            : Status{};
}

Result<Cid> MessagePool::add_locked(const SignedMessage& signed_message, AddKind kind) {
    const Message& message = signed_message.message;
    const Cid cid = signed_message.cid();
    // Again the same, with the same signature: no need to verify it again.
    if (const auto it = by_cid_.find(cid);
        it != by_cid_.end() && senders_[it->second.first][it->second.second] == signed_message)
        return refuse(Errc::invalid_argument, "existing nonce");
    STRATA_OK(check_alone(signed_message));
    STRATA_TRY(Head* const at, head());
    STRATA_TRY(const auto id, at->state.resolve(message.from));
    if (!id) return refuse(Errc::not_found, "no actor for the sender " + message.from.to_string());
    STRATA_TRY(const auto account, sender_account(at->state, at->manifest, message.from));
    if (message.nonce < account.nonce)
        return refuse(Errc::out_of_range, "nonce too low: " + std::to_string(message.nonce) + " while the state has " +
                                              std::to_string(account.nonce));
    STRATA_OK(check_price(*at, signed_message, kind));
    STRATA_OK(check_funds(account, message));
    STRATA_OK(check_place(account, signed_message, kind));

    // So that it can be looked up, and persists where it is ours.
    Blockstore& blocks = states_.chain().blocks();
    if (signed_message.signature.type == Signature::Type::bls)
        STRATA_OK(put_cbor(blocks, message));
    else
        STRATA_OK(put_cbor(blocks, signed_message));
    keep(signed_message);
    return cid;
}

void MessagePool::keep(const SignedMessage& signed_message) {
    const Message& message = signed_message.message;
    drop(message.from, message.nonce);
    by_cid_[signed_message.cid()] = {message.from, message.nonce};
    senders_[message.from][message.nonce] = signed_message;
    remember_signature(signed_message);
}

void MessagePool::drop(const Address& from, Nonce nonce) {
    const auto sender = senders_.find(from);
    if (sender == senders_.end()) return;
    const auto it = sender->second.find(nonce);
    if (it == sender->second.end()) return;
    by_cid_.erase(it->second.cid());
    sender->second.erase(it);
    if (sender->second.empty()) senders_.erase(sender);
}

void MessagePool::remember_signature(const SignedMessage& message) {
    if (message.signature.type != Signature::Type::bls) return;
    if (!bls_signatures_.emplace(message.cid(), message.signature).second) return;
    bls_order_.push_back(message.cid());
    if (bls_order_.size() <= kKeptSignatures) return;
    bls_signatures_.erase(bls_order_.front());
    bls_order_.pop_front();
}

Result<Nonce> MessagePool::next_nonce(const Address& from) {
    const std::lock_guard lock(mutex_);
    STRATA_TRY(Head* const at, head());
    STRATA_TRY(const auto id, at->state.resolve(from));
    if (!id) return refuse(Errc::not_found, "no actor for " + from.to_string());
    STRATA_TRY(const auto account, sender_account(at->state, at->manifest, from));
    return free_nonce(account.key, account.nonce);
}

std::vector<PoolEntry> MessagePool::pending() const {
    const std::lock_guard lock(mutex_);
    std::vector<PoolEntry> out;
    for (const auto& [from, messages] : senders_)
        for (const auto& [nonce, message] : messages) out.push_back({message, message.cid()});
    return out;
}

std::vector<PoolEntry> MessagePool::pending_from(const Address& from) const {
    const std::lock_guard lock(mutex_);
    std::vector<PoolEntry> out;
    if (const auto it = senders_.find(from); it != senders_.end())
        for (const auto& [nonce, message] : it->second) out.push_back({message, message.cid()});
    return out;
}

std::optional<SignedMessage> MessagePool::find(const Cid& cid) const {
    const std::lock_guard lock(mutex_);
    const auto it = by_cid_.find(cid);
    if (it == by_cid_.end()) return std::nullopt;
    return senders_.at(it->second.first).at(it->second.second);
}

std::size_t MessagePool::size() const {
    const std::lock_guard lock(mutex_);
    return by_cid_.size();
}

Result<bool> MessagePool::is_worth_publishing(const Message& message) {
    const std::lock_guard lock(mutex_);
    STRATA_TRY(Head* const at, head());
    return message.gas_fee_cap >= max(BigInt(kMinimumBaseFee), div_floor(at->base_fee, kFeeCapDivisor));
}

}  // namespace strata::chain
