// The part of MessagePool that follows the chain: local messages across restarts, changes of head, pruning, selection.
#include <strata/chain/base_fee.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/message_pool_parts.hpp>
#include <strata/chain/reorg.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/vm/machine.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kLocalKey = "pool/local/";
// Source: docs/protocol/node.md §14.1 (lotus chain/messagepool/messagepool.go: baseFeeLowerBoundFactor; repub.go:
// repubMsgLimit).
constexpr std::int64_t kPatientDivisor = 10;  // divisor of the base fee, for messages that may wait a while
constexpr std::size_t kMaxRepublished = 30;
constexpr std::size_t kCachedAccounts = 10'000;

std::string local_key(const Cid& cid) {
    return std::string(kLocalKey) + cid.to_string();
}

TokenAmount patient_base_fee(const TokenAmount& base_fee) {
    return max(BigInt(kMinimumBaseFee), div_floor(base_fee, kPatientDivisor));
}

}  // namespace

Result<SenderAccounts> SenderAccounts::open(Blockstore& blocks, const Cid& root) {
    STRATA_TRY(auto state, vm::StateTree::load(blocks, root));
    STRATA_TRY(auto manifest, vm::Manifest::of_state(state));
    return SenderAccounts(std::move(state), std::move(manifest));
}

Result<SenderAccount> SenderAccounts::account(const Address& from) {
    return sender_account(state_, manifest_, from);
}

Result<std::optional<Address>> SenderAccounts::key_of(const Address& from) {
    if (!from.as_id()) return std::optional(from);
    const auto found = account(from);
    if (found) return std::optional(found->key);
    if (found.error().is_fatal()) return found.error();
    return std::optional<Address>{};
}

Result<Cid> MessagePool::Head::root(State state) {
    STRATA_TRY(const auto known, states_.known_state(tipset_));
    if (known) return known->state_root;
    if (state == State::known) return tipset_->parent_state_root();
    STRATA_TRY(const auto executed, states_.state_after(tipset_));
    return executed.state_root;
}

Result<SenderAccounts> MessagePool::Head::accounts(State state) {
    STRATA_TRY(const Cid at, root(state));
    return SenderAccounts::open(states_.chain().blocks(), at);
}

Nonce MessagePool::Head::nonce_of(const SenderAccount& account) const {
    const auto it = used_.find(account.key);
    return it == used_.end() ? account.nonce : std::max(account.nonce, it->second);
}

Result<SenderAccount> MessagePool::Head::account(const Address& from, State state) {
    STRATA_TRY(const Cid at, root(state));
    {
        const Lock lock(mutex_);
        if (const auto it = accounts_.find(from); at == root_ && it != accounts_.end()) return it->second;
    }
    STRATA_TRY(auto accounts, SenderAccounts::open(states_.chain().blocks(), at));
    STRATA_TRY(auto account, accounts.account(from));
    account.nonce = nonce_of(account);
    const Lock lock(mutex_);
    // The cache holds accounts of one state only.
    if (at != root_ || accounts_.size() >= kCachedAccounts) accounts_.clear();
    root_ = at;
    accounts_.insert_or_assign(from, account);
    return account;
}

Status MessagePool::open() {
    std::vector<SignedMessage> messages;
    std::vector<store::Write> undecodable;
    STRATA_OK(states_.chain().meta().for_each(kLocalKey, [&](std::string_view key, BytesView value) -> Result<bool> {
        // A record that does not decode can never be sent, so it is removed.
        if (auto message = from_cbor<SignedMessage>(value))
            messages.push_back(std::move(*message));
        else
            undecodable.push_back({std::string(key), std::nullopt});
        return true;
    }));
    if (!undecodable.empty()) STRATA_OK(states_.chain().meta().write(undecodable));
    {
        const Lock lock(mutex_);
        for (const auto& message : messages) local_senders_.insert(message.message.from);
    }
    return take_in_local(std::move(messages));
}

// Takes in local messages. A refused message is kept, unless its nonce is used up: then it can never be taken in.
Status MessagePool::take_in_local(std::vector<SignedMessage> messages) {
    // The messages are added in nonce order, so that none of them meets a gap.
    std::ranges::sort(messages, {}, [](const SignedMessage& m) { return m.message.nonce; });
    std::vector<SignedMessage> refused;
    std::vector<store::Write> used_up;
    for (auto& message : messages) {
        const auto taken = take_in(message, AddKind::local);
        if (taken) continue;
        if (taken.error().is_fatal()) return taken.error();
        if (taken.error().code() == Errc::out_of_range)
            used_up.push_back({local_key(message.cid()), std::nullopt});
        else
            refused.push_back(std::move(message));
    }
    const Lock lock(mutex_);
    std::ranges::move(refused, std::back_inserter(parked_));
    std::ranges::move(used_up, std::back_inserter(unsaved_));
    return {};
}

// Stores the record and the message itself, so that the message can be looked up after it was replaced. Messages of
// others are not stored: they arrive again with their blocks.
Status MessagePool::store_local(const PoolEntry& entry) {
    Blockstore& blocks = lasting(states_.chain().blocks());
    if (entry.message.signature.type == Signature::Type::bls)
        STRATA_OK(put_cbor(blocks, entry.message.message));
    else
        STRATA_OK(put_cbor(blocks, entry.message));
    return states_.chain().meta().put(local_key(entry.cid), to_cbor(entry.message));
}

Status MessagePool::save_records() {
    std::vector<store::Write> writes;
    {
        const Lock lock(mutex_);
        writes.swap(unsaved_);
    }
    if (writes.empty()) return {};
    auto written = states_.chain().meta().write(writes);
    if (written) return {};
    const Lock lock(mutex_);
    unsaved_.insert(unsaved_.begin(), std::make_move_iterator(writes.begin()), std::make_move_iterator(writes.end()));
    return written;
}

namespace {

// Visits the messages of a tipset with the keys of their senders. Each sender existed before the tipset, so its key is
// read from the parent state, which needs no execution.
template <class Visit>
Status for_each_message(ChainStore& chain, const Tipset& tipset, Visit visit) {
    if (tipset.height() == 0) return {};
    std::optional<SenderAccounts> accounts;
    const auto visit_one = [&](const Message& message, const Signature* signature) -> Status {
        if (!accounts) {
            STRATA_TRY(accounts, SenderAccounts::open(chain.blocks(), tipset.parent_state_root()));
        }
        STRATA_TRY(const auto key, accounts->key_of(message.from));
        if (key) visit(*key, message, signature);
        return {};
    };
    for (const auto& block : tipset.blocks()) {
        STRATA_TRY(const auto messages, chain.messages(block));
        for (const auto& message : messages.bls) STRATA_OK(visit_one(message, nullptr));
        for (const auto& message : messages.secp) STRATA_OK(visit_one(message.message, &message.signature));
    }
    return {};
}

}  // namespace

Result<MessagePool::Change> MessagePool::change_to(const HeadPtr& from, const TipsetPtr& to) {
    ChainStore& chain = states_.chain();
    Change change;
    if (from) {
        const auto path = way_between(chain, from->tipset(), to);
        if (!path && path.error().code() != Errc::out_of_range) return path.error();
        // If the path to the new head would revert final tipsets, no message is put back: pending ones are checked
        // against the new head when they are used.
        if (path) {
            for (const auto& tipset : path->reverted)
                STRATA_OK(
                    for_each_message(chain, *tipset, [&](const Address& key, const Message& m, const Signature* s) {
                        change.reverted.push_back({key, m, m.cid(), s ? std::optional(*s) : std::nullopt});
                    }));
            for (const auto& tipset : path->applied)
                STRATA_OK(for_each_message(chain, *tipset, [&](const Address& key, const Message& m, const Signature*) {
                    change.included.emplace_back(key, m.nonce);
                }));
        }
    }
    std::map<Address, Nonce> used;
    STRATA_OK(for_each_message(chain, *to, [&](const Address& key, const Message& m, const Signature*) {
        used[key] = std::max(used[key], m.nonce + 1);
    }));
    STRATA_TRY(auto base_fee, base_fee_after(chain, states_.network(), *to));
    change.head = std::make_shared<Head>(states_, to, std::move(base_fee), std::move(used));
    complete(change);
    return change;
}

// Finds the signatures of reverted BLS messages, which blocks do not hold. A message whose signature is no longer known
// cannot be put back.
void MessagePool::complete(Change& change) {
    {
        const Lock lock(mutex_);
        for (auto& reverted : change.reverted) {
            if (reverted.signature) continue;
            if (const auto it = bls_signatures_.find(reverted.cid); it != bls_signatures_.end())
                reverted.signature = it->second;
        }
    }
    for (auto& [key, message, cid, signature] : change.reverted)
        if (signature) change.back.emplace_back(key, make_entry({std::move(message), std::move(*signature)}));
    change.reverted.clear();
}

void MessagePool::apply(const Change& change) {
    // Reverted messages come back before included ones are dropped, because the new chain may include them again.
    for (const auto& [key, entry] : change.back) {
        const auto it = senders_.find(key);
        if (it != senders_.end() && it->second.contains(entry->message.message.nonce)) continue;
        keep(key, entry);
        if (local_senders_.contains(key)) unsaved_.push_back({local_key(entry->cid), to_cbor(entry->message)});
    }
    for (const auto& [key, nonce] : change.included) {
        const auto sender = senders_.find(key);
        if (sender == senders_.end()) continue;
        const auto it = sender->second.find(nonce);
        if (it == sender->second.end()) continue;
        if (local_senders_.contains(key)) unsaved_.push_back({local_key(it->second->cid), std::nullopt});
        drop(key, nonce);
    }
    head_ = change.head;
}

Status MessagePool::follow_head() {
    STRATA_OK(head());
    return {};
}

Result<MessagePool::HeadPtr> MessagePool::head() {
    HeadPtr at;
    for (;;) {
        {
            const Lock lock(mutex_);
            at = head_;
        }
        const auto to = states_.chain().head();
        if (at && at->tipset()->key() == to->key()) break;
        STRATA_TRY(const auto change, change_to(at, to));
        const Lock lock(mutex_);
        // If a different thread was faster, the values read here belong to an older head.
        if (head_ == at) apply(change);
    }
    tell_listeners();
    STRATA_OK(save_records());
    return at;
}

Result<std::vector<MessageChain>> MessagePool::chains_on(Head& head, State state, const PendingMessages& pending,
                                                         const TokenAmount& base_fee) {
    STRATA_TRY(auto accounts, head.accounts(state));
    std::vector<MessageChain> chains;
    for (const auto& [from, messages] : pending) {
        const auto account = accounts.account(from);
        if (!account && account.error().is_fatal()) return account.error();
        // The sender does not exist on this fork.
        if (!account) continue;
        append_chains(chains, messages, {head.nonce_of(*account), account->balance}, base_fee);
    }
    return chains;
}

Result<std::vector<SignedMessage>> MessagePool::select(const TipsetPtr& base, TicketQuality quality) {
    STRATA_TRY(HeadPtr followed, head());
    PendingMessages pending;
    {
        const Lock lock(mutex_);
        followed = head_;
        pending = senders_;
    }
    HeadPtr at = followed;
    if (base->key() != followed->tipset()->key()) {
        // The pool follows the head; a block on a different tipset may also take messages that only the head has
        // included.
        STRATA_TRY(const auto change, change_to(followed, base));
        for (const auto& [key, entry] : change.back) pending[key].try_emplace(entry->message.message.nonce, entry);
        at = change.head;
    }
    STRATA_TRY(auto chains, chains_on(*at, State::executed, pending, at->base_fee()));
    return select_messages(std::move(chains), quality);
}

Status MessagePool::prune() {
    PendingMessages pending;
    std::set<Address> locals;
    HeadPtr at;
    std::size_t low = 0;
    {
        const Lock lock(mutex_);
        if (by_cid_.size() < next_prune_ || !head_) return {};
        low = limits_.low;
        next_prune_ = std::numeric_limits<std::size_t>::max();  // no other thread prunes meanwhile
        pending = senders_;
        locals = local_senders_;
        at = head_;
    }
    const auto chains = chains_on(*at, State::known, pending, patient_base_fee(at->base_fee()));
    std::set<Cid> kept;
    for (const auto& from : locals)
        if (const auto it = pending.find(from); it != pending.end())
            for (const auto& [nonce, entry] : it->second) kept.insert(entry->cid);
    if (chains) {
        for (const std::size_t i : best_first(*chains))
            for (const auto& entry : (*chains)[i].messages)
                if (kept.size() < low) kept.insert(entry->cid);
    }
    const Lock lock(mutex_);
    next_prune_ = limits_.high;
    if (!chains) return chains.error();
    for (const auto& [from, messages] : pending)
        for (const auto& [nonce, entry] : messages)
            if (!kept.contains(entry->cid) && by_cid_.contains(entry->cid)) drop(from, nonce);
    // The next pruning waits until half of the room between the limits is full again. Otherwise a pool full of messages
    // that are never pruned would make every new message pay for a pruning.
    next_prune_ = std::max(limits_.high, by_cid_.size() + (limits_.high - limits_.low) / 2);
    return {};
}

Status MessagePool::clear(bool also_local) {
    {
        const Lock lock(mutex_);
        std::vector<std::pair<Address, Nonce>> dropped;
        for (const auto& [from, messages] : senders_) {
            const bool is_local = local_senders_.contains(from);
            if (is_local && !also_local) continue;
            for (const auto& [nonce, entry] : messages) {
                dropped.emplace_back(from, nonce);
                if (is_local) unsaved_.push_back({local_key(entry->cid), std::nullopt});
            }
        }
        for (const auto& [from, nonce] : dropped) drop(from, nonce);
    }
    tell_listeners();
    return save_records();
}

Status MessagePool::set_size(std::size_t high, std::size_t low) {
    if (low == 0 || low > high)
        return fail(Errc::invalid_argument, "the pool's limits are " + std::to_string(low) + " and " +
                                                std::to_string(high) +
                                                ", expected a lower one of at least 1 and a higher one not below it");
    const Lock lock(mutex_);
    limits_.high = high;
    limits_.low = low;
    next_prune_ = high;
    return {};
}

std::pair<std::size_t, std::size_t> MessagePool::size_limits() const {
    const Lock lock(mutex_);
    return {limits_.high, limits_.low};
}

Result<std::vector<SignedMessage>> MessagePool::to_republish() {
    std::vector<SignedMessage> parked;
    {
        const Lock lock(mutex_);
        parked.swap(parked_);
    }
    if (auto taken = take_in_local(parked); !taken) {
        const Lock lock(mutex_);
        parked_ = std::move(parked);
        return std::move(taken).error();
    }
    STRATA_TRY(const HeadPtr at, head());
    const TokenAmount base_fee = patient_base_fee(at->base_fee());
    PendingMessages local;
    {
        const Lock lock(mutex_);
        for (const auto& from : local_senders_)
            if (const auto it = senders_.find(from); it != senders_.end()) local.insert(*it);
    }
    STRATA_TRY(const auto chains, chains_on(*at, State::executed, local, base_fee));
    std::vector<SignedMessage> out;
    std::set<std::size_t> too_cheap;
    for (const std::size_t i : best_first(chains)) {
        for (const auto& entry : chains[i].messages) {
            if (out.size() == kMaxRepublished) return out;
            const bool cheap = entry->message.message.gas_fee_cap < base_fee;
            // The messages after one that peers would refuse are skipped too, since they would reach peers with a gap.
            if (cheap)
                for (std::optional<std::size_t> next = i; next; next = chains[*next].next) too_cheap.insert(*next);
            if (too_cheap.contains(i)) break;
            out.push_back(entry->message);
        }
    }
    return out;
}

}  // namespace strata::chain
