#pragma once
// Messages that wait for a block. Rules in order, nonce gaps, replacement by fee, pruning, selection for a block, and
// what a change of head does. Thread-safe. Source: node.md §14 (lotus chain/messagepool).
#include <deque>
#include <mutex>
#include <set>

#include <strata/chain/message_rules.hpp>
#include <strata/chain/message_selection.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/verdict.hpp>

namespace strata::chain {

/// Who hands a message in: the owner of this node (no gap limits, kept across restarts), a peer, or a guest of the API.
enum class AddKind { local, remote, untrusted };

/// Source: node.md §14.1.
struct PoolLimits {
    std::size_t high = 30'000;  // pruned when reached
    std::size_t low = 20'000;   // down to this
    std::size_t pending_per_sender = 1'000;
    std::size_t pending_per_guest = 100;
    Nonce nonce_gap = 4;
};

struct PoolEntry {
    SignedMessage message;
    Cid cid;
};

/// The least premium that replaces one, and the one that a wallet should offer.
TokenAmount least_replacement_premium(const TokenAmount& premium);
TokenAmount suggested_replacement_premium(const TokenAmount& premium);

class MessagePool {
  public:
    /// `states` must outlive the pool.
    explicit MessagePool(StateManager& states, PoolLimits limits = {}) : states_(states), limits_(limits) {}

    /// Takes the head's state, and the local messages of an earlier run. Call once, before anything else.
    Status open();

    /// Checks in the order of node.md §14.2. Errors: too_large, verification (signature, syntax, sender: the peer is
    /// wrong); out_of_range (nonce too low, nonce gap), invalid_argument (fee cap or funds too low, existing nonce,
    /// premium too low to replace), busy (too many pending), not_found (no such sender yet). See verdict_of.
    Result<Cid> add(const SignedMessage& message, AddKind kind);
    static Verdict verdict_of(const Error& error);

    /// max(state nonce, next nonce in the pool). `from`: ID or key. Errors: not_found.
    Result<Nonce> next_nonce(const Address& from);
    std::vector<PoolEntry> pending() const;
    /// In nonce order. `from`: the key address.
    std::vector<PoolEntry> pending_from(const Address& from) const;
    std::optional<SignedMessage> find(const Cid& cid) const;
    std::size_t size() const;
    bool empty() const { return size() == 0; }

    /// For a block on `base`, in the order in which they may be included.
    Result<std::vector<SignedMessage>> select(const TipsetPtr& base, TicketQuality quality);

    /// Newest reverted first, oldest applied first.
    Status head_changed(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied);

    /// Local messages worth sending again now, at most 30.
    Result<std::vector<SignedMessage>> to_republish();
    /// May a message be published at the current base fee?
    Result<bool> is_worth_publishing(const Message& message);

  private:
    /// The state after one tipset, as the checks look at it.
    struct Head {
        TipsetPtr tipset;
        vm::StateTree state;
        vm::Manifest manifest;
        TokenAmount base_fee;  // of the next block
    };
    Result<Head> load_head(const TipsetPtr& tipset);
    Result<Head*> head();

    Status check_alone(const SignedMessage& message) const;
    Status check_price(const Head& head, const SignedMessage& message, AddKind kind) const;
    Status check_funds(const SenderAccount& account, const Message& message) const;
    Status check_place(const SenderAccount& account, const SignedMessage& message, AddKind kind) const;
    Result<Cid> add_locked(const SignedMessage& message, AddKind kind);
    Nonce free_nonce(const Address& from, Nonce state_nonce) const;

    void keep(const SignedMessage& message);
    void drop(const Address& from, Nonce nonce);
    void remember_signature(const SignedMessage& message);
    Status load_local();

    Status put_back(const Tipset& reverted, PendingMessages& into);
    Status remove_included(const Tipset& applied);
    Result<std::optional<Address>> key_of(const Address& from);
    Result<std::vector<MessageChain>> chains_on(Head& head, const PendingMessages& pending,
                                                const TokenAmount& base_fee) const;
    Status prune();

    StateManager& states_;
    const PoolLimits limits_;
    mutable std::mutex mutex_;
    PendingMessages senders_;
    std::map<Cid, std::pair<Address, Nonce>> by_cid_;
    std::set<Address> local_senders_;
    std::optional<Head> head_;
    std::map<Cid, Signature> bls_signatures_;  // blocks carry only the aggregate
    std::deque<Cid> bls_order_;
};

}  // namespace strata::chain
