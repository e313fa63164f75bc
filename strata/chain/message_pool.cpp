#include <strata/chain/message_pool.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/inclusion_gas.hpp>
#include <strata/chain/message_pool_parts.hpp>
#include <strata/chain/network.hpp>

namespace strata::chain {
namespace {

// Source: docs/protocol/node.md §14.1 (lotus chain/messagepool/messagepool.go, config.go).
constexpr std::size_t kMaxMessageSize = 64 * 1024;
// A message whose fee cap is below the base fee divided by this would wait too long to be worth its room.
constexpr std::int64_t kFeeCapDivisor = 100;
constexpr std::int64_t kMinReplacePercent = 110;  // of the premium of the replaced message; 1 attoFIL is added
constexpr std::size_t kKeptSignatures = 40'000;

Error refuse(Errc code, const std::string& what) {
    return fail(code, "message pool: " + what);
}

TokenAmount cost_of(const Message& message) {
    return message.gas_fee_cap * BigInt(message.gas_limit);
}

TokenAmount least_fee_cap(const TokenAmount& base_fee) {
    return max(BigInt(kMinimumBaseFee), div_floor(base_fee, kFeeCapDivisor));
}

}  // namespace

TokenAmount least_replacement_premium(const TokenAmount& premium) {
    return div_floor(premium * BigInt(kMinReplacePercent), 100) + BigInt(1);
}

Verdict MessagePool::verdict_of(const Error& error) {
    const bool should_have_known = error.code() == Errc::verification || error.code() == Errc::too_large;
    return should_have_known ? Verdict::reject : Verdict::ignore;
}

Status MessagePool::check_alone(const SignedMessage& signed_message) {
    const Message& message = signed_message.message;
    const std::size_t size = to_cbor(signed_message).size();
    if (size > kMaxMessageSize)
        return refuse(Errc::too_large, "the message has " + std::to_string(size) + " bytes, expected at most " +
                                           std::to_string(kMaxMessageSize));
    STRATA_OK(check_message_fields(message));
    // The pool is one atto stricter than blocks (lotus ErrMessageValueTooHigh).
    if (message.value >= total_filecoin())
        return refuse(Errc::verification, "value is " + message.value.to_string() + " attoFIL, expected less than " +
                                              total_filecoin().to_string() + ", the total supply of FIL");
    if (message.gas_fee_cap < BigInt(kMinimumBaseFee))
        return refuse(Errc::invalid_argument, "fee cap is " + message.gas_fee_cap.to_string() +
                                                  " attoFIL per unit of gas, expected at least " +
                                                  std::to_string(kMinimumBaseFee));
    const auto kind = message.from.protocol();
    if (kind == Address::Protocol::id || kind == Address::Protocol::actor)
        return refuse(Errc::verification,
                      "the sender " + message.from.to_string() + " is not a key address; expected f1, f3 or f4");
    return signatures_.check(states_.network(), signed_message, message.from);
}

// A gas limit that satisfies the rule for blocks, but is below the VM's charge, is not the peer's fault. Such a message
// would be refused when it is executed and leave a gap that never closes (docs/protocol/node.md §14.2).
Status MessagePool::check_price(const Head& head, const PoolEntry& entry, AddKind kind) const {
    const Message& message = entry.message.message;
    const ChainEpoch epoch = head.tipset()->height() + 1;
    STRATA_OK(check_message_syntax(states_.network(), epoch, message, entry.chain_length));
    STRATA_TRY(const auto version, states_.network().executable_version_at(epoch));
    const auto least = vm_inclusion_gas(version, entry.chain_length);
    if (message.gas_limit < least)
        return refuse(Errc::invalid_argument, "gas limit is " + std::to_string(message.gas_limit) +
                                                  ", expected at least " + std::to_string(least) +
                                                  ", the cost of including the message");
    if (kind == AddKind::local) return {};
    const TokenAmount bound = least_fee_cap(head.base_fee());
    if (message.gas_fee_cap >= bound) return {};
    return refuse(Errc::invalid_argument, "fee cap is " + message.gas_fee_cap.to_string() +
                                              " attoFIL per unit of gas, expected at least " + bound.to_string() +
                                              " at a base fee of " + head.base_fee().to_string());
}

// The value is not counted, since the sender may receive it before the message is executed.
Status MessagePool::check_funds(const SenderAccount& account, const Message& message) const {
    TokenAmount needed = cost_of(message);
    if (const auto it = senders_.find(message.from); it != senders_.end())
        for (const auto& [nonce, other] : it->second)
            if (nonce != message.nonce) needed += cost_of(other->message.message);
    if (account.balance >= needed) return {};
    return refuse(Errc::invalid_argument, "the sender has " + account.balance.to_string() +
                                              " attoFIL, expected at least " + needed.to_string() +
                                              ", the most that the gas of its pending messages may cost");
}

// Returns the first nonce at or above `state_nonce` that no pending message has.
Nonce MessagePool::free_nonce(const Address& from, Nonce state_nonce) const {
    const auto it = senders_.find(from);
    if (it == senders_.end()) return state_nonce;
    Nonce nonce = state_nonce;
    for (auto at = it->second.lower_bound(nonce); at != it->second.end() && at->first == nonce; ++at) ++nonce;
    return nonce;
}

Status MessagePool::check_place(const SenderAccount& account, const PoolEntry& entry, AddKind kind) const {
    const Message& message = entry.message.message;
    // The owner may leave gaps and fill them later. For other senders, gaps are limited, because messages after a gap
    // that nobody fills only take up room.
    const bool strict = kind != AddKind::local;
    const Nonce next = free_nonce(message.from, account.nonce);
    const Nonce gap = kind == AddKind::untrusted ? 0 : limits_.nonce_gap;
    const auto beyond = [&] {
        return "nonce is " + std::to_string(message.nonce) + ", but the sender's next nonce is " + std::to_string(next);
    };
    if (strict && message.nonce > next && message.nonce - next > gap)
        return refuse(Errc::out_of_range, beyond() + "; a gap of at most " + std::to_string(gap) + " is allowed");
    const auto sender = senders_.find(message.from);
    if (sender == senders_.end()) return {};
    const auto& waiting = sender->second;
    if (const auto old = waiting.find(message.nonce); old != waiting.end()) {
        if (old->second->cid == entry.cid) return refuse(Errc::invalid_argument, "the message is already in the pool");
        if (strict && message.nonce > next)
            return refuse(Errc::out_of_range, beyond() + "; a message after a gap cannot be replaced");
        const auto& premium = old->second->message.message.gas_premium;
        const auto least = least_replacement_premium(premium);
        if (message.gas_premium >= least) return {};
        return refuse(Errc::invalid_argument,
                      "nonce " + std::to_string(message.nonce) + " is taken by a message with premium " +
                          premium.to_string() + "; the premium of its replacement is " +
                          message.gas_premium.to_string() + ", expected at least " + least.to_string());
    }
    const std::size_t most = kind == AddKind::untrusted ? limits_.pending_per_guest : limits_.pending_per_sender;
    if (waiting.size() < most) return {};
    return refuse(Errc::busy, "the sender already has " + std::to_string(waiting.size()) +
                                  " pending messages; at most " + std::to_string(most) + " are allowed");
}

bool MessagePool::holds(const SignedMessage& message, const Cid& cid) const {
    const auto it = by_cid_.find(cid);
    return it != by_cid_.end() && senders_.at(it->second.first).at(it->second.second)->message == message;
}

Result<Cid> MessagePool::take_in(const SignedMessage& signed_message, AddKind kind) {
    const auto entry = make_entry(signed_message);
    const Message& message = entry->message.message;
    {
        const Lock lock(mutex_);
        if (holds(signed_message, entry->cid))
            return refuse(Errc::invalid_argument, "the message is already in the pool");
    }
    STRATA_OK(check_alone(signed_message));
    for (;;) {
        STRATA_TRY(const HeadPtr at, head());
        STRATA_TRY(const auto account,
                   at->account(message.from, kind == AddKind::remote ? State::known : State::executed));
        if (message.nonce < account.nonce)
            return refuse(Errc::out_of_range, "nonce is " + std::to_string(message.nonce) + ", expected at least " +
                                                  std::to_string(account.nonce) + ", the sender's next nonce");
        STRATA_OK(check_price(*at, *entry, kind));
        const Lock lock(mutex_);
        // If the head has moved, the values read above belong to a different state.
        if (head_ != at) continue;
        STRATA_OK(check_funds(account, message));
        STRATA_OK(check_place(account, *entry, kind));
        keep(message.from, entry);
        if (kind == AddKind::local) local_senders_.insert(message.from);
        return entry->cid;
    }
}

Result<Cid> MessagePool::add(const SignedMessage& message, AddKind kind) {
    auto added = add_silently(message, kind);
    tell_listeners();
    return added;
}

Result<Cid> MessagePool::add_silently(const SignedMessage& message, AddKind kind) {
    STRATA_TRY(const Cid cid, take_in(message, kind));
    if (kind == AddKind::local) {
        // A message of this node must survive a restart. One that cannot be stored is not kept either.
        if (auto stored = store_local(*make_entry(message)); !stored) {
            const Lock lock(mutex_);
            if (holds(message, cid)) drop(message.message.from, message.message.nonce);
            return std::move(stored).error();
        }
    }
    STRATA_OK(prune());
    return cid;
}

void MessagePool::keep(const Address& key, const PoolEntryPtr& entry) {
    const Nonce nonce = entry->message.message.nonce;
    drop(key, nonce);
    by_cid_[entry->cid] = {key, nonce};
    senders_[key][nonce] = entry;
    note(entry, /*is_added=*/true);
    remember_signature(*entry);
}

void MessagePool::drop(const Address& from, Nonce nonce) {
    const auto sender = senders_.find(from);
    if (sender == senders_.end()) return;
    const auto it = sender->second.find(nonce);
    if (it == sender->second.end()) return;
    by_cid_.erase(it->second->cid);
    note(it->second, /*is_added=*/false);
    sender->second.erase(it);
    if (sender->second.empty()) senders_.erase(sender);
}

void MessagePool::note(const PoolEntryPtr& entry, bool is_added) {
    if (!listeners_.empty()) changes_.emplace_back(entry, is_added);
}

// Only one thread at a time calls the listeners, so that the order is kept without holding a lock during the calls.
void MessagePool::tell_listeners() {
    Lock lock(mutex_);
    if (is_telling_) return;
    is_telling_ = true;
    while (!changes_.empty()) {
        const auto [entry, is_added] = std::move(changes_.front());
        changes_.pop_front();
        const auto listeners = listeners_;
        lock.unlock();
        for (const auto& listener : listeners) listener(entry->message, is_added);
        lock.lock();
    }
    is_telling_ = false;
}

void MessagePool::on_change(ChangeListener listener) {
    const Lock lock(mutex_);
    listeners_.push_back(std::move(listener));
}

void MessagePool::remember_signature(const PoolEntry& entry) {
    if (entry.message.signature.type != Signature::Type::bls) return;
    if (!bls_signatures_.emplace(entry.cid, entry.message.signature).second) return;
    bls_order_.push_back(entry.cid);
    if (bls_order_.size() <= kKeptSignatures) return;
    bls_signatures_.erase(bls_order_.front());
    bls_order_.pop_front();
}

Result<Nonce> MessagePool::next_nonce(const Address& from) {
    STRATA_TRY(const HeadPtr at, head());
    STRATA_TRY(const auto account, at->account(from, State::executed));
    const Lock lock(mutex_);
    return free_nonce(account.key, account.nonce);
}

std::vector<PoolEntry> MessagePool::pending() const {
    // The messages are copied after the lock is released, because there may be many.
    std::vector<PoolEntryPtr> entries;
    {
        const Lock lock(mutex_);
        for (const auto& [from, messages] : senders_)
            for (const auto& [nonce, entry] : messages) entries.push_back(entry);
    }
    std::vector<PoolEntry> out;
    for (const auto& entry : entries) out.push_back(*entry);
    return out;
}

std::vector<PoolEntry> MessagePool::pending_from(const Address& from) const {
    const Lock lock(mutex_);
    std::vector<PoolEntry> out;
    if (const auto it = senders_.find(from); it != senders_.end())
        for (const auto& [nonce, entry] : it->second) out.push_back(*entry);
    return out;
}

std::optional<SignedMessage> MessagePool::find(const Cid& cid) const {
    const Lock lock(mutex_);
    const auto it = by_cid_.find(cid);
    if (it == by_cid_.end()) return std::nullopt;
    return senders_.at(it->second.first).at(it->second.second)->message;
}

std::size_t MessagePool::size() const {
    const Lock lock(mutex_);
    return by_cid_.size();
}

Result<bool> MessagePool::is_worth_publishing(const Message& message) {
    STRATA_TRY(const HeadPtr at, head());
    return message.gas_fee_cap >= least_fee_cap(at->base_fee());
}

}  // namespace strata::chain
