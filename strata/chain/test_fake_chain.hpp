#pragma once
// A chain for tests that speak to the door chain::Chain: head, states, messages and errors are what the test writes
// down. Nothing is executed, stored or checked. A question for which the test has no answer ends with the error
// `internal` and the question's name, so that a test never passes on an answer nobody thought of.
#include <map>
#include <set>

#include <strata/chain/api.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/lookback.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/chain/sync_status.hpp>
#include <strata/chain/tipset.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain::testing {

/// Use it from one thread.
class FakeChain final : public Chain {
  public:
    /// The genesis is at epoch 0 and names the state `root`; it is the head.
    explicit FakeChain(const Cid& root = {}) : state_root(root) {
        net.genesis_timestamp = 1'700'000'000;
        genesis_ = head_ = block_on({}, 0);
    }

    // The test writes these down.
    Network net = devnet_2k();
    MemoryBlockstore store;
    /// The chain's blocks, if they are not in `store`: for example a store that fails.
    Blockstore* reads = &store;
    /// The state that new blocks name and that is after every tipset without an entry in `states`.
    Cid state_root;
    std::map<TipsetKey, Cid> states;
    std::map<Cid, MessageLookup> landed;
    std::set<Cid> replaced;                // a different message took their nonce
    std::map<Address, Nonce> nonces;       // the next one of each sender that has an actor
    std::map<Cid, SignedMessage> waiting;  // in the pool
    TokenAmount premium = 100;
    TokenAmount last_max_fee;  // of the last gas estimation

    /// From now on the call with this name fails with this error. The names are those of chain/api.hpp.
    void break_call(const std::string& name, Errc code, const std::string& why = "injected") {
        broken_.insert_or_assign(name, Error(code, why));
    }
    void mend(const std::string& name) { broken_.erase(name); }
    /// How often the call was made.
    int asked(const std::string& name) const {
        const auto it = asked_.find(name);
        return it == asked_.end() ? 0 : it->second;
    }

    /// Puts a tipset of one or more blocks on the head and makes it the head. Epochs in between are null rounds.
    TipsetPtr extend(ChainEpoch epoch, std::size_t blocks = 1) {
        const auto tipset = block_on(head_, epoch, blocks);
        move_head(tipset);
        return tipset;
    }
    /// The head becomes a tipset whose headers are in the store, for example one that Lotus recorded. Listeners are not
    /// called.
    void start_at(const TipsetPtr& tipset) { head_ = tipset; }
    /// The head becomes any tipset that extend() returned, also one below it or on a fork. Listeners get the path.
    void move_head(const TipsetPtr& to) {
        const auto change = path(head_, to);
        head_ = to;
        for (const auto& listener : listeners_) listener(change.reverted, change.applied);
    }
    /// Makes a message land in the tipset `in`, so that it no longer waits.
    void land(const SignedMessage& message, const TipsetPtr& in, std::uint32_t exit_code = 0) {
        MessageLookup found;
        found.message = message.cid();
        found.receipt.exit_code = exit_code;
        found.executed_in = in;
        found.height = in->height();
        landed.insert_or_assign(message.cid(), found);
        waiting.erase(message.cid());
        auto& next = nonces[message.message.from];
        next = std::max(next, message.message.nonce + 1);
    }

    // Chain.
    const Network& network() const override { return net; }
    TipsetPtr genesis() const override { return genesis_; }
    TipsetPtr head() const override { return head_; }
    Result<TipsetPtr> tipset(const TipsetKey& key) override {
        STRATA_OK(works("tipset"));
        const auto it = tipsets_.find(key);
        if (it != tipsets_.end()) return it->second;
        std::vector<BlockHeader> blocks;
        for (const auto& cid : key.cids()) {
            STRATA_TRY(blocks.emplace_back(), get_cbor<BlockHeader>(*reads, cid));
        }
        return Tipset::make(std::move(blocks));
    }
    Result<TipsetPtr> tipset_at(ChainEpoch epoch, const TipsetPtr& tip, NullRound null) override {
        STRATA_OK(works("tipset_at"));
        if (epoch < 0 || epoch > tip->height()) return fail(Errc::out_of_range, "no such epoch below the tip");
        TipsetPtr above = tip;
        for (auto at = tip;; above = at, at = parent_of(at)) {
            if (at->height() == epoch) return at;
            if (at->height() < epoch) return null == NullRound::previous ? at : above;
        }
    }
    Result<BlockHeader> header(const Cid& cid) override {
        STRATA_OK(works("header"));
        const auto it = tipsets_.find(TipsetKey({cid}));
        if (it == tipsets_.end()) return fail(Errc::missing_block, "no block " + cid.to_string());
        return it->second->blocks()[0];
    }
    Result<HeadChange> way(const TipsetPtr& from, const TipsetPtr& to) override {
        STRATA_OK(works("way"));
        return path(from, to);
    }
    Result<BigInt> weight(const Tipset&) override { return no_answer("weight"); }

    Result<BlockMessages> messages(const BlockHeader&) override { return no_answer("messages"); }
    Result<std::vector<std::vector<ChainMessage>>> messages_of(const Tipset&) override {
        return no_answer("messages_of");
    }
    Result<std::vector<Receipt>> receipts(const Cid&) override { return no_answer("receipts"); }
    Result<Message> find_message(const Cid& cid) override {
        STRATA_OK(works("find_message"));
        const auto it = waiting.find(cid);
        if (it == waiting.end()) return fail(Errc::not_found, "no message " + cid.to_string());
        return it->second.message;
    }
    Result<std::optional<MessageLookup>> search_from(const TipsetPtr& from, const Cid& message, ChainEpoch,
                                                     bool) override {
        STRATA_OK(works("search_from"));
        if (replaced.contains(message)) return fail(Errc::verification, "a different message took its nonce");
        const auto it = landed.find(message);
        if (it != landed.end() && is_ancestor(it->second.executed_in, from)) return std::optional(it->second);
        if (it == landed.end() && !waiting.contains(message))
            return fail(Errc::not_found, "nobody knows the message " + message.to_string());
        return std::optional<MessageLookup>();
    }

    Blockstore& blocks() override { return *reads; }
    Result<TipsetState> state_after(const TipsetPtr& tipset) override {
        STRATA_OK(works("state_after"));
        const auto it = states.find(tipset->key());
        const Cid root = it == states.end() ? state_root : it->second;
        return TipsetState{root, root};
    }
    Result<TipsetExecution> execute(const Tipset&) override { return no_answer("execute"); }
    Result<TipsetExecution> trace(const Tipset&) override { return no_answer("trace"); }
    Result<TipsetExecution> trace_with(const Tipset&, ChainEpoch, const std::vector<Message>&) override {
        return no_answer("trace_with");
    }
    Result<vm::Applied> simulate(const TipsetPtr&, const std::vector<ChainMessage>&) override {
        return no_answer("simulate");
    }
    Status sandbox(const TipsetPtr&, const std::function<Status(Sandbox&)>&) override { return no_answer("sandbox"); }
    Status watch(const Tipset&, TipsetWatcher&) override { return no_answer("watch"); }

    // A digest of the question, so that two different questions never have the same answer.
    Result<Hash256> chain_randomness(const TipsetPtr& tip, ChainEpoch epoch) override {
        return digest("chain_randomness", 1, tip, epoch);
    }
    Result<Hash256> beacon_randomness(const TipsetPtr& tip, ChainEpoch epoch) override {
        return digest("beacon_randomness", 2, tip, epoch);
    }
    Result<BeaconEntry> beacon_entry_at(const TipsetPtr&, ChainEpoch) override { return no_answer("beacon_entry_at"); }
    Result<BeaconEntry> latest_beacon_entry(const TipsetPtr&) override { return no_answer("latest_beacon_entry"); }
    Result<Lookback> lookback(const TipsetPtr&, ChainEpoch) override { return no_answer("lookback"); }

    Result<Cid> push(const SignedMessage& message, AddKind) override {
        STRATA_OK(works("push"));
        if (message.message.nonce < nonces[message.message.from]) return fail(Errc::out_of_range, "the nonce is used");
        waiting.insert_or_assign(message.cid(), message);
        return message.cid();
    }
    Result<Nonce> next_nonce(const Address& from) override {
        STRATA_OK(works("next_nonce"));
        const auto it = nonces.find(from);
        if (it == nonces.end()) return fail(Errc::not_found, "no actor for " + from.to_string('t'));
        return it->second;
    }
    Result<std::vector<PoolEntry>> pending() override {
        STRATA_OK(works("pending"));
        std::vector<PoolEntry> out;
        for (const auto& [cid, message] : waiting) out.push_back(*make_entry(message));
        return out;
    }
    Result<std::vector<PoolEntry>> pending_from(const Address& from) override {
        STRATA_TRY(auto out, pending());
        std::erase_if(out, [&](const PoolEntry& entry) { return entry.message.message.from != from; });
        std::ranges::sort(out, {}, [](const PoolEntry& entry) { return entry.message.message.nonce; });
        return out;
    }
    Result<std::optional<SignedMessage>> find_pending(const Cid& cid) override {
        STRATA_OK(works("find_pending"));
        const auto it = waiting.find(cid);
        return it == waiting.end() ? std::nullopt : std::optional(it->second);
    }
    std::size_t pending_count() override { return waiting.size(); }
    Result<bool> is_pending(const Cid& message) override {
        STRATA_OK(works("is_pending"));
        return waiting.contains(message);
    }
    Result<std::vector<SignedMessage>> select(const TipsetPtr&, TicketQuality) override { return no_answer("select"); }
    Result<TokenAmount> base_fee_after(const Tipset&) override {
        STRATA_OK(works("base_fee_after"));
        return TokenAmount(100);
    }
    Result<Message> estimate_gas(const TipsetPtr&, Message message, TokenAmount max_fee) override {
        STRATA_OK(works("estimate_gas"));
        last_max_fee = max_fee;
        message.gas_limit = 1'000'000;
        message.gas_fee_cap = 1'000;
        message.gas_premium = premium;
        return message;
    }
    Result<vm::Applied> run_for_gas(const TipsetPtr&, Message) override { return no_answer("run_for_gas"); }
    Result<TokenAmount> estimate_premium(const TipsetPtr&, std::uint64_t) override {
        STRATA_OK(works("estimate_premium"));
        return premium;
    }

    SyncStatus sync_status() override { return {}; }
    std::optional<std::string> bad_reason(const Cid&) override { return std::nullopt; }

    void on_head(HeadListener listener) override { listeners_.push_back(std::move(listener)); }
    void on_pool_change(PoolListener) override {}
    void on_arrival(ArrivalListener) override {}

  private:
    Status works(const std::string& name) {
        ++asked_[name];
        const auto it = broken_.find(name);
        if (it != broken_.end()) return it->second;
        return {};
    }
    Error no_answer(const std::string& name) {
        const auto status = works(name);
        return status ? Error(Errc::internal, "the test wrote down no answer for " + name) : status.error();
    }
    Result<Hash256> digest(const std::string& name, std::uint8_t kind, const TipsetPtr& tip, ChainEpoch epoch) {
        STRATA_OK(works(name));
        if (epoch > tip->height()) return fail(Errc::out_of_range, "above the tip");
        Hash256 out{};
        out[0] = kind;
        for (std::size_t i = 0; i < 8; ++i) out[1 + i] = static_cast<std::uint8_t>(epoch >> (8 * i));
        return out;
    }

    TipsetPtr block_on(const TipsetPtr& parent, ChainEpoch epoch, std::size_t blocks = 1) {
        BlockHeader block;
        block.ticket = Ticket{Bytes{static_cast<std::uint8_t>(tipsets_.size())}};
        block.election_proof = ElectionProof{1, {}};
        if (parent) block.parents = parent->cids();
        block.height = epoch;
        const Cid nothing = Cid::hash_of(Codec::dag_cbor, {});
        block.parent_state_root = state_root.defined() ? state_root : nothing;
        block.parent_message_receipts = block.messages = nothing;
        block.timestamp = net.timestamp_at(epoch);
        block.parent_base_fee = 100;
        std::vector<BlockHeader> all;
        for (std::size_t i = 0; i < blocks; ++i) {
            block.miner = Address::id(1000 + i);
            all.push_back(block);
        }
        auto tipset = Tipset::make(std::move(all));
        STRATA_CHECK(tipset.has_value());
        tipsets_.insert_or_assign((*tipset)->key(), *tipset);
        return *tipset;
    }
    TipsetPtr parent_of(const TipsetPtr& of) const { return tipsets_.at(of->parents()); }
    bool is_ancestor(const TipsetPtr& old, TipsetPtr tip) const {
        while (tip->height() > old->height()) tip = parent_of(tip);
        return tip->key() == old->key();
    }
    HeadChange path(TipsetPtr from, TipsetPtr to) const {
        HeadChange out;
        while (from->key() != to->key()) {
            if (from->height() >= to->height()) {
                out.reverted.push_back(from);
                from = parent_of(from);
            } else {
                out.applied.insert(out.applied.begin(), to);
                to = parent_of(to);
            }
        }
        return out;
    }

    TipsetPtr genesis_, head_;
    std::map<TipsetKey, TipsetPtr> tipsets_;
    std::map<std::string, Error> broken_;
    std::map<std::string, int> asked_;
    std::vector<HeadListener> listeners_;
};

}  // namespace strata::chain::testing
