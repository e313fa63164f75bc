#pragma once
// Holds messages that wait for a block: the rules for taking them in, nonce gaps, replacement by fee, pruning,
// selection for a block, and the effect of a change of head.
//
// Thread-safe. The pool's lock covers its tables only: signatures are verified, blocks read and tipsets executed before
// it is taken. Messages of peers never make the pool execute anything: they are checked against the state after the
// head if it was executed already, otherwise against the state before the head and the nonces that the head used up.
// Source: docs/protocol/node.md §14 (lotus chain/messagepool).
#include <deque>
#include <set>

#include <strata/chain/message_selection.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/chain/signature_cache.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/chain/verdict.hpp>
#include <strata/store/key_value.hpp>

namespace strata::chain {

/// Returns the least premium that replaces a message of `premium`.
TokenAmount least_replacement_premium(const TokenAmount& premium);

class MessagePool {
  public:
    /// `states` must outlive the pool.
    explicit MessagePool(StateManager& states, PoolLimits limits = {}) : states_(states), limits_(limits) {}

    /// Takes in the local messages of an earlier run. A message whose nonce is used up, or that cannot be decoded, is
    /// dropped; one that is refused for a reason that may pass is kept and tried again by to_republish(). Call this
    /// once, before anything else. Errors: missing_block, io.
    Status open();

    /// Checks a message in the order of docs/protocol/node.md §14.2 and then keeps it; a local one is on disk when this
    /// returns. Errors: too_large, verification (signature, fields, a sender that may not send: the peer that passed it
    /// on should have known); out_of_range (nonce too low, nonce gap), invalid_argument (fee cap, gas limit or funds
    /// too low, nonce taken, premium too low to replace), busy (too many pending), not_found (the sender has no actor
    /// yet); missing_block, io. See verdict_of.
    Result<Cid> add(const SignedMessage& message, AddKind kind);
    /// Returns what an error of add() says about the peer that sent the message.
    static Verdict verdict_of(const Error& error);

    /// Returns the larger of the state's nonce and the next nonce in the pool. `from` is an ID or key address. Errors:
    /// not_found.
    Result<Nonce> next_nonce(const Address& from);
    std::vector<PoolEntry> pending() const;
    /// Returns the sender's pending messages in nonce order. `from` is a key address.
    std::vector<PoolEntry> pending_from(const Address& from) const;
    std::optional<SignedMessage> find(const Cid& cid) const;
    std::size_t size() const;
    bool empty() const { return size() == 0; }

    /// Selects messages for a block on `base`, in the order in which they may be included.
    Result<std::vector<SignedMessage>> select(const TipsetPtr& base, TicketQuality quality);

    /// Follows the chain's head: drops messages that it included and puts back those that it reverted. Every other call
    /// does this first, so a failure is not lost: the pool stays where it is, and the next call tries again and reports
    /// it. Errors: missing_block, io.
    Status follow_head();

    /// Returns local messages worth sending again now, at most 30. Retries those that open() could not take in.
    Result<std::vector<SignedMessage>> to_republish();
    /// Returns true if a message is worth publishing at the current base fee.
    Result<bool> is_worth_publishing(const Message& message);

    /// Removes all messages; those of local senders, with their records, only if `also_local`.
    Status clear(bool also_local);
    /// Sets the numbers at which the pool is pruned and that are left. Errors: invalid_argument unless 0 < low <= high.
    Status set_size(std::size_t high, std::size_t low);
    std::pair<std::size_t, std::size_t> size_limits() const;
    /// Called without a lock, in order, when a message enters the pool or leaves it.
    using ChangeListener = std::function<void(const SignedMessage&, bool is_added)>;
    void on_change(ChangeListener listener);

    /// Returns the cache of the signatures of pending messages, which block production need not verify again.
    SignatureCache& signatures() { return signatures_; }

  private:
    class Head;
    using HeadPtr = std::shared_ptr<Head>;
    struct Change;
    enum class State { known, executed };  // the state of a head: use only what was executed already, or execute it now

    // These functions read, verify and execute; never call them with the lock held.
    Result<HeadPtr> head() STRATA_EXCLUDES(mutex_);
    Result<Change> change_to(const HeadPtr& from, const TipsetPtr& to) STRATA_EXCLUDES(mutex_);
    void complete(Change& change) STRATA_EXCLUDES(mutex_);
    Result<Cid> add_silently(const SignedMessage& message, AddKind kind) STRATA_EXCLUDES(mutex_);
    Result<Cid> take_in(const SignedMessage& message, AddKind kind) STRATA_EXCLUDES(mutex_);
    Status check_alone(const SignedMessage& message) STRATA_EXCLUDES(mutex_);
    Status check_price(const Head& head, const PoolEntry& entry, AddKind kind) const STRATA_EXCLUDES(mutex_);
    static Result<std::vector<MessageChain>> chains_on(Head& head, State state, const PendingMessages& pending,
                                                       const TokenAmount& base_fee);
    Status store_local(const PoolEntry& entry) STRATA_EXCLUDES(mutex_);
    Status prune() STRATA_EXCLUDES(mutex_);
    Status save_records() STRATA_EXCLUDES(mutex_);
    Status take_in_local(std::vector<SignedMessage> messages) STRATA_EXCLUDES(mutex_);

    // These functions only touch the tables.
    bool holds(const SignedMessage& message, const Cid& cid) const STRATA_REQUIRES(mutex_);
    Status check_funds(const SenderAccount& account, const Message& message) const STRATA_REQUIRES(mutex_);
    Status check_place(const SenderAccount& account, const PoolEntry& entry, AddKind kind) const
        STRATA_REQUIRES(mutex_);
    Nonce free_nonce(const Address& from, Nonce state_nonce) const STRATA_REQUIRES(mutex_);
    void keep(const Address& key, const PoolEntryPtr& entry) STRATA_REQUIRES(mutex_);
    void drop(const Address& from, Nonce nonce) STRATA_REQUIRES(mutex_);
    void note(const PoolEntryPtr& entry, bool is_added) STRATA_REQUIRES(mutex_);
    void tell_listeners() STRATA_EXCLUDES(mutex_);
    void remember_signature(const PoolEntry& entry) STRATA_REQUIRES(mutex_);
    void apply(const Change& change) STRATA_REQUIRES(mutex_);

    StateManager& states_;
    SignatureCache signatures_;

    mutable Mutex mutex_;
    PoolLimits limits_ STRATA_GUARDED_BY(mutex_);
    HeadPtr head_ STRATA_GUARDED_BY(mutex_);  // the head that the tables follow; empty before the first call
    PendingMessages senders_ STRATA_GUARDED_BY(mutex_);
    std::map<Cid, std::pair<Address, Nonce>> by_cid_ STRATA_GUARDED_BY(mutex_);
    std::set<Address> local_senders_ STRATA_GUARDED_BY(mutex_);
    std::map<Cid, Signature> bls_signatures_ STRATA_GUARDED_BY(mutex_);  // blocks carry only the aggregate
    std::deque<Cid> bls_order_ STRATA_GUARDED_BY(mutex_);
    std::vector<SignedMessage> parked_ STRATA_GUARDED_BY(mutex_);      // local messages that open() could not take in
    std::vector<store::Write> unsaved_ STRATA_GUARDED_BY(mutex_);      // local records that must still be written
    std::size_t next_prune_ STRATA_GUARDED_BY(mutex_) = limits_.high;  // at this size of the pool
    std::vector<ChangeListener> listeners_ STRATA_GUARDED_BY(mutex_);
    std::deque<std::pair<PoolEntryPtr, bool>> changes_ STRATA_GUARDED_BY(mutex_);  // not told yet; true: added
    bool is_telling_ STRATA_GUARDED_BY(mutex_) = false;
};

}  // namespace strata::chain
