#pragma once
// The door to a chain, for everything above it: provider, market, API, local networks. LocalChain is the chain of this
// process. A chain in a different process, asked over JSON-RPC, can implement this as well, so nothing below shows a
// lock, a pool or a store of a node. Types that many callers do not use are only declared here: pool_entry.hpp,
// lookback.hpp, execution.hpp, sandbox.hpp, network.hpp, sync_status.hpp and vm/state_tree.hpp define them.
#include <functional>

#include <strata/chain/tipset.hpp>

namespace strata {
class Blockstore;
namespace vm {
struct Applied;
class StateTree;
}  // namespace vm
}  // namespace strata

namespace strata::chain {

enum class AddKind;
struct BlockMessages;
struct ChainMessage;
struct Lookback;
struct Network;
struct PoolEntry;
class Sandbox;
struct SyncStatus;
struct TicketQuality;
struct TipsetExecution;
struct TipsetState;
class TipsetWatcher;

/// Where a message was executed.
struct MessageLookup {
    Cid message;  // the executed message: the one that was asked for, or its replacement
    Receipt receipt;
    TipsetPtr executed_in;  // the child of the tipset that includes the message, as StateSearchMsg answers
    ChainEpoch height = 0;  // of executed_in
};

class Chain {
  public:
    virtual ~Chain() = default;
    Chain() = default;
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    /// Returns the description of the network, which never changes.
    virtual const Network& network() const = 0;

    // Tipsets and blocks.
    virtual TipsetPtr genesis() const = 0;
    virtual TipsetPtr head() const = 0;
    /// Returns the tipset of a key. Errors: missing_block if one of its headers is not in the store; invalid_argument
    /// if the headers do not form a tipset.
    virtual Result<TipsetPtr> tipset(const TipsetKey& key) = 0;
    /// Returns the tipset at `epoch` on the chain that ends in `tip`. Errors: out_of_range above the tip or below 0.
    virtual Result<TipsetPtr> tipset_at(ChainEpoch epoch, const TipsetPtr& tip, NullRound null) = 0;
    Result<TipsetPtr> parent(const Tipset& of) { return tipset(of.parents()); }
    virtual Result<BlockHeader> header(const Cid& cid) = 0;
    /// Returns the path from one tipset to another. Errors: out_of_range if it reverts more tipsets than a new head may
    /// revert.
    virtual Result<HeadChange> way(const TipsetPtr& from, const TipsetPtr& to) = 0;
    /// Returns the weight of the chain that ends in the tipset. Errors: verification if the network has no power.
    virtual Result<BigInt> weight(const Tipset& tipset) = 0;

    // Returns the messages of a block in the order of its lists.
    virtual Result<BlockMessages> messages(const BlockHeader& block) = 0;
    /// Returns, for each block, the messages that are executed, in order.
    virtual Result<std::vector<std::vector<ChainMessage>>> messages_of(const Tipset& tipset) = 0;
    /// Returns the receipts under `root`, which the headers of a tipset's children name.
    virtual Result<std::vector<Receipt>> receipts(const Cid& root) = 0;
    /// Finds a message in the pool or in a block, by its CID or the CID of the signed message. Errors: not_found.
    virtual Result<Message> find_message(const Cid& cid) = 0;
    static constexpr ChainEpoch kNoLimit = -1;
    /// Searches back from the tipset over `lookback` epochs; empty if the message was not executed there. If
    /// `allow_replaced`, a replacement that makes the same call counts too. Errors: not_found if the message is not
    /// known here; verification if a different one took its nonce.
    virtual Result<std::optional<MessageLookup>> search_from(const TipsetPtr& from, const Cid& message,
                                                             ChainEpoch lookback, bool allow_replaced) = 0;
    /// Does the same from the head.
    Result<std::optional<MessageLookup>> search(const Cid& message, ChainEpoch lookback = kNoLimit,
                                                bool allow_replaced = true) {
        return search_from(head(), message, lookback, allow_replaced);
    }

    // Returns the blocks of the chain and of its states, for reading only: readers of actors' states take this store
    // and a root.
    virtual Blockstore& blocks() = 0;
    /// Returns the state after a tipset, which is executed first if it has not been executed yet.
    virtual Result<TipsetState> state_after(const TipsetPtr& tipset) = 0;
    /// Returns the state after the head, which the API calls the current state.
    Result<vm::StateTree> head_state();
    /// Executes a tipset again on the state that its headers name.
    virtual Result<TipsetExecution> execute(const Tipset& tipset) = 0;
    /// Does the same, and notes the calls and charges of each message.
    virtual Result<TipsetExecution> trace(const Tipset& tipset) = 0;
    /// Does the same, and then applies to its state the upgrades below `height`, and `messages` as in a block of epoch
    /// `height`. Cron does not run again. These messages and the state after them end the result.
    virtual Result<TipsetExecution> trace_with(const Tipset& tipset, ChainEpoch height,
                                               const std::vector<Message>& messages) = 0;
    /// Runs `messages` in a block that would follow `base`, whose base fee it takes; nothing is kept. Returns the last
    /// one's result.
    virtual Result<vm::Applied> simulate(const TipsetPtr& base, const std::vector<ChainMessage>& messages) = 0;
    /// Lets `use` run messages on the state after a tipset and change that state as it likes; nothing is kept. A few
    /// sandboxes are in use at a time; the others wait. Errors: unsupported if an upgrade at the tipset's epoch would
    /// have to change the state first; those of `use`.
    virtual Status sandbox(const TipsetPtr& base, const std::function<Status(Sandbox&)>& use) = 0;
    /// Executes a tipset again on the state that its headers name, as `trace` does, and shows its messages to a
    /// watcher.
    virtual Status watch(const Tipset& tipset, TipsetWatcher& watcher) = 0;

    // Returns the digest of the ticket of `epoch`. Errors: out_of_range above the tip.
    virtual Result<Hash256> chain_randomness(const TipsetPtr& tip, ChainEpoch epoch) = 0;
    /// Returns the digest of the beacon entry of `epoch`. Errors: out_of_range above the tip; not_found.
    virtual Result<Hash256> beacon_randomness(const TipsetPtr& tip, ChainEpoch epoch) = 0;
    /// Returns the beacon entry for the round of `epoch`. Errors: as above.
    virtual Result<BeaconEntry> beacon_entry_at(const TipsetPtr& tip, ChainEpoch epoch) = 0;
    /// Returns the newest beacon entry at or below the tip. Errors: not_found.
    virtual Result<BeaconEntry> latest_beacon_entry(const TipsetPtr& tip) = 0;
    /// Returns the tipset and the state that decide about a block of `round` on `base`. Errors: out_of_range after more
    /// than 900 null rounds.
    virtual Result<Lookback> lookback(const TipsetPtr& base, ChainEpoch round) = 0;

    // Messages on their way into a block.
    /// Puts a message into the pool and sends it to the peers. Errors: those of MessagePool::add.
    virtual Result<Cid> push(const SignedMessage& message, AddKind kind) = 0;
    /// Does the same for a message of the node's owner.
    Result<Cid> push(const SignedMessage& message);
    /// Returns the sender's next nonce, counting its pending messages. `from` is an ID or key address. Errors:
    /// not_found if there is no such actor.
    virtual Result<Nonce> next_nonce(const Address& from) = 0;
    virtual Result<std::vector<PoolEntry>> pending() = 0;
    /// Returns the pending messages of a sender in the order of their nonces. `from` is a key address.
    virtual Result<std::vector<PoolEntry>> pending_from(const Address& from) = 0;
    /// Returns a pending message by its CID in blocks, or by the CID of its unsigned message; empty if there is none.
    virtual Result<std::optional<SignedMessage>> find_pending(const Cid& cid) = 0;
    /// Returns the number of pending messages, which may be a moment old.
    virtual std::size_t pending_count() = 0;
    virtual Result<bool> is_pending(const Cid& message) = 0;
    /// Returns the messages that a block on `base` would take if its ticket had this quality.
    virtual Result<std::vector<SignedMessage>> select(const TipsetPtr& base, TicketQuality quality) = 0;
    /// Returns the base fee of the blocks on top of the tipset, in attoFIL per unit of gas.
    virtual Result<TokenAmount> base_fee_after(const Tipset& tipset) = 0;
    /// These three answer as the functions of the same names in gas_estimate.hpp.
    virtual Result<Message> estimate_gas(const TipsetPtr& base, Message message, TokenAmount max_fee) = 0;
    virtual Result<vm::Applied> run_for_gas(const TipsetPtr& base, Message message) = 0;
    virtual Result<TokenAmount> estimate_premium(const TipsetPtr& base, std::uint64_t blocks) = 0;

    // Sync.
    /// What the node is fetching and validating now.
    virtual SyncStatus sync_status() = 0;
    /// Why full validation refused a block; empty if it did not refuse the block, or if the reason was forgotten.
    virtual std::optional<std::string> bad_reason(const Cid& block) = 0;

    // Called after every change of head, in order: the newest of `reverted` and the oldest of `applied` come first. It
    // runs on any thread and without a lock. A listener may call back; the changes that this causes are delivered
    // afterwards.
    using HeadListener =
        std::function<void(const std::vector<TipsetPtr>& reverted, const std::vector<TipsetPtr>& applied)>;
    /// Adds a listener, which is called for as long as the chain lives.
    virtual void on_head(HeadListener listener) = 0;
    /// Called without a lock when a message enters the pool or leaves it, in this order; any thread. A replaced message
    /// leaves before its replacement enters.
    using PoolListener = std::function<void(const SignedMessage&, bool is_added)>;
    virtual void on_pool_change(PoolListener listener) = 0;
    /// Called without a lock with the header of each block that comes from a peer or from this node's miner, before its
    /// validation is complete; any thread.
    using ArrivalListener = std::function<void(const BlockHeader&)>;
    virtual void on_arrival(ArrivalListener listener) = 0;
};

}  // namespace strata::chain
