#pragma once
// Gives tests full nodes in one process, on a network of three miners with stub proofs; blocks made as a test orders
// them; and stores that fail on request. It needs no files and no keys from outside. The test drives everything; no
// thread waits.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include <strata/actors/bundle.hpp>
#include <strata/actors/read/power.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/chain/election.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/chain/weight.hpp>
#include <strata/crypto/bls.hpp>

namespace strata::chain::testing {

/// A store in memory whose reads can be made to fail. Thread-safe.
class FaultyBlockstore final : public Blockstore {
  public:
    Result<Bytes> get(const Cid& cid) override {
        const Lock lock(mutex_);
        ++reads_;
        if (fail_at_ != 0 && reads_ == fail_at_) return fail(Errc::io, "the disk failed, as the test wished");
        if (slow_) slow_();
        if (lost_.contains(cid)) return fail(Errc::missing_block, "block " + cid.to_string() + " is lost");
        return blocks_.get(cid);
    }
    Result<bool> has(const Cid& cid) override {
        const Lock lock(mutex_);
        return lost_.contains(cid) ? Result<bool>(false) : blocks_.has(cid);
    }
    Result<Cid> put(Codec codec, BytesView data) override {
        const Lock lock(mutex_);
        ++writes_;
        return blocks_.put(codec, data);
    }
    Status put_block(const Cid& cid, BytesView data) override {
        const Lock lock(mutex_);
        ++writes_;
        return blocks_.put_block(cid, data);
    }

    /// Makes the n-th read from now on fail once with an I/O error; with 0 no read fails.
    void fail_read(std::uint64_t n) {
        const Lock lock(mutex_);
        fail_at_ = n == 0 ? 0 : reads_ + n;
    }
    void lose(const Cid& cid) {
        const Lock lock(mutex_);
        lost_.insert(cid);
    }
    void find_again() {
        const Lock lock(mutex_);
        lost_.clear();
    }
    /// Sets a function that every read calls with the store's lock held, to simulate a slow disk.
    void slow_down(std::function<void()> wait) {
        const Lock lock(mutex_);
        slow_ = std::move(wait);
    }
    std::uint64_t reads() const {
        const Lock lock(mutex_);
        return reads_;
    }
    std::uint64_t writes() const {
        const Lock lock(mutex_);
        return writes_;
    }
    Status copy_from(const MemoryBlockstore& other) {
        for (const auto& [cid, data] : other.blocks()) STRATA_OK(put_block(cid, data));
        return {};
    }

  private:
    mutable Mutex mutex_;
    MemoryBlockstore blocks_ STRATA_GUARDED_BY(mutex_);
    std::set<Cid> lost_ STRATA_GUARDED_BY(mutex_);
    std::function<void()> slow_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t reads_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t writes_ STRATA_GUARDED_BY(mutex_) = 0;
    std::uint64_t fail_at_ STRATA_GUARDED_BY(mutex_) = 0;
};

struct TestNode {
    FaultyBlockstore blocks;
    store::MemoryKeyValue meta;
    std::unique_ptr<LocalChain> node;

    LocalChain* operator->() const { return node.get(); }
    LocalChain& operator*() const { return *node; }
};

/// Describes a block to make; a field that is left empty gets a valid value.
struct BlockOrder {
    std::size_t miner = 0;
    ChainEpoch epoch = 0;
    std::vector<SignedMessage> messages = {};  // signed by BLS keys
    /// Changes the header before the miner signs it.
    std::function<void(BlockHeader&)> edit = {};
};

class Nodes {
  public:
    static constexpr std::uint64_t kGenesisTime = 1'700'000'000;

    explicit Nodes(std::size_t count, std::optional<UpgradeSchedule> upgrades = {},
                   std::unique_ptr<vm::ActorTable> actors = actors::native_actors())
        : beacon_("strata nodes"), table_(std::move(actors)) {
        if (upgrades) network_.upgrades = std::move(*upgrades);
        network_.name = "test";
        network_.genesis_timestamp = kGenesisTime;
        network_.stub_winning_post = true;
        network_.beacon = beacon_.chain(1'692'803'367, 3);
        crypto::SeededRandom random(as_bytes("lot"));
        auto what = test_template();
        what.network_version = network_.version_at(0);
        const auto& bundle = *actors::find_bundle(network_.bundle, actors::actors_of(what.network_version).value());
        const auto genesis =
            make_genesis(genesis_blocks_, what, network_, bundle.manifest, *table_, draw_genesis_lot(random));
        STRATA_CHECK(genesis.has_value());
        genesis_ = genesis->header;
        for (std::size_t i = 0; i < count; ++i) add();
    }

    TestNode& operator[](std::size_t i) { return *nodes_.at(i); }
    std::size_t size() const { return nodes_.size(); }
    const Network& network() const { return network_; }
    const BlockHeader& genesis() const { return genesis_; }
    vm::ProofVerifier& proofs() { return proofs_; }
    const vm::ActorTable& table() const { return *table_; }
    LocalBeacon& beacon() { return beacon_; }

    TestNode& add() {
        auto& added = *nodes_.emplace_back(std::make_unique<TestNode>());
        STRATA_CHECK(added.blocks.copy_from(genesis_blocks_));
        ChainStore store(added.blocks, added.meta);
        STRATA_CHECK(store.start(genesis_));
        open(added);
        return added;
    }
    /// Opens a node again on the same stores, as after a crash.
    void open(TestNode& node) {
        node.node.reset();
        auto opened = LocalChain::open(node.blocks, node.meta, network_, proofs_, nullptr, *table_);
        STRATA_CHECK(opened.has_value());
        node.node = std::move(*opened);
    }

    /// The block of a miner on `base`, which is valid at `at`. Empty if the miner does not win the epoch.
    std::optional<FullBlock> try_mine(LocalChain& at, const TipsetPtr& base, const BlockOrder& order) {
        auto made = make(at, base, order);
        if (!made) ADD_FAILURE() << made.error().message();
        return made ? std::move(*made) : std::nullopt;
    }
    /// At the first epoch above the base, or from `order.epoch` on, that the miner wins.
    FullBlock mine(LocalChain& at, const TipsetPtr& base, BlockOrder order = {}) {
        order.epoch = std::max(order.epoch, base->height() + 1);
        for (int i = 0; i < 100; ++i, ++order.epoch)
            if (auto block = try_mine(at, base, order)) return std::move(*block);
        ADD_FAILURE() << "miner " << order.miner << " does not win up to epoch " << order.epoch
                      << "; nobody proves its sectors, so its power ends after a while";
        return {};
    }
    /// Returns the block's timestamp.
    static std::uint64_t time_of(const FullBlock& block) { return block.header.timestamp; }
    /// Mines on the head of a node and submits the block to it.
    FullBlock extend(TestNode& node, BlockOrder order = {}) {
        auto block = mine(*node, node->head(), std::move(order));
        const auto taken = node->submit_block(block, time_of(block));
        EXPECT_TRUE(taken) << taken.error().message();
        return block;
    }
    /// Signs a header again after a change, so that only the rules can tell that the block is wrong.
    static FullBlock resigned(FullBlock block, const std::function<void(BlockHeader&)>& edit) {
        const auto miner = static_cast<std::size_t>(*block.header.miner.as_id() - 1000);
        edit(block.header);
        sign(block.header, miner);
        return block;
    }

    /// Returns a transfer from the faucet, which has 50 million FIL.
    static SignedMessage transfer(Nonce nonce, const TokenAmount& value) {
        SignedMessage out;
        out.message.from = test_address("faucet");
        out.message.to = test_address("client");
        out.message.nonce = nonce;
        out.message.value = value;
        out.message.gas_limit = 10'000'000;
        out.message.gas_fee_cap = BigInt(1'000'000'000);
        out.message.gas_premium = BigInt(1'000);
        out.signature = wallet::sign_with(test_key("faucet"), out.message.cid().bytes()).value();
        return out;
    }

  private:
    static Bytes sign_data(std::size_t miner, BytesView data) {
        return wallet::sign_with(test_key("worker " + std::to_string(miner)), data).value().data;
    }
    static void sign(BlockHeader& header, std::size_t miner) {
        header.block_sig = Signature{Signature::Type::bls, sign_data(miner, header.signing_bytes())};
    }

    Result<std::optional<FullBlock>> make(LocalChain& at, const TipsetPtr& base, const BlockOrder& order) {
        ChainStore& chain = at.chain();
        FullBlock block;
        BlockHeader& header = block.header;
        header.miner = Address::id(1000 + order.miner);
        header.height = order.epoch;
        STRATA_TRY(const auto lookback,
                   lookback_for(chain, base, order.epoch, [&](const TipsetPtr& tipset) -> Result<Cid> {
                       STRATA_TRY(const auto state, at.states().state_after(tipset));
                       return state.state_root;
                   }));
        STRATA_TRY(auto state, vm::StateTree::load(chain.blocks(), lookback.state_root));
        STRATA_TRY(const auto power, actors::read::Power::load(state));
        STRATA_TRY(const auto claim, power.claim(header.miner));
        STRATA_TRY(const auto previous, latest_beacon_entry(chain, base));
        for (const auto round : beacon_rounds(network_, base->height(), order.epoch, previous.round)) {
            STRATA_TRY(header.beacon_entries.emplace_back(), beacon_.entry(round));
        }
        const Bytes& beacon = header.beacon_entries.empty() ? previous.data : header.beacon_entries.back().data;
        header.election_proof.emplace();
        header.election_proof->vrf_proof =
            sign_data(order.miner, election_randomness(beacon, header.miner, order.epoch));
        header.election_proof->win_count =
            win_count(header.election_proof->vrf_proof, claim->quality_adjusted, power.quality_adjusted());
        if (header.election_proof->win_count < 1) return std::optional<FullBlock>{};
        const auto& ticket = base->min_ticket_block().ticket;
        header.ticket = Ticket{sign_data(
            order.miner, ticket_randomness(beacon, header.miner, order.epoch, ticket ? ticket->vrf_proof : Bytes{}))};
        header.win_post_proof = {
            PoStProof{RegisteredPoStProof{0}, to_bytes(as_bytes(std::string_view("valid proof")))}};
        header.parents = base->cids();
        STRATA_TRY(header.parent_weight, chain_weight(chain, *base));
        STRATA_TRY(header.parent_base_fee, base_fee_after(chain, network_, *base));
        STRATA_TRY(const auto parents, at.states().state_after(base));
        header.parent_state_root = parents.state_root;
        header.parent_message_receipts = parents.receipts_root;
        header.timestamp =
            base->min_timestamp() + network_.block_delay * static_cast<std::uint64_t>(order.epoch - base->height());
        STRATA_OK(add_messages(block, order.messages));
        if (order.edit) order.edit(header);
        sign(header, order.miner);
        return std::optional(std::move(block));
    }
    static Status add_messages(FullBlock& block, const std::vector<SignedMessage>& messages) {
        std::vector<crypto::bls::Signature> signatures;
        std::vector<Cid> cids;
        for (const auto& message : messages) {
            block.messages.bls.push_back(message.message);
            cids.push_back(message.message.cid());
            std::ranges::copy(message.signature.data, signatures.emplace_back().begin());
        }
        STRATA_TRY(const auto sum, crypto::bls::aggregate(signatures));
        block.header.bls_aggregate = Signature{Signature::Type::bls, to_bytes(sum)};
        STRATA_TRY(block.header.messages, msg_meta_cid(cids, {}));
        return {};
    }

    Network network_ = devnet_2k();
    LocalBeacon beacon_;
    KeyedProofVerifier proofs_{{}};
    std::unique_ptr<vm::ActorTable> table_;
    MemoryBlockstore genesis_blocks_;
    BlockHeader genesis_;
    std::vector<std::unique_ptr<TestNode>> nodes_;
};

/// A peer that behaves as a test says, in front of a node that has the chain.
class TestPeer {
  public:
    using Answer = std::function<void(const ChainRequest& request, std::function<void(ChainAnswer)> done)>;
    PeerName name;
    Answer answer;
    int asked = 0;

    static TestPeer honest(PeerName name, LocalChain& node) {
        return {std::move(name), [&node](const ChainRequest& request, const auto& done) { done(node.serve(request)); }};
    }
    /// Returns a peer that never answers.
    static TestPeer silent(PeerName name) {
        return {std::move(name), [](const ChainRequest&, const auto&) {}};
    }
    /// Answers with only the first tipset of each window, and without messages.
    static TestPeer stops_half_way(PeerName name, LocalChain& node) {
        return {std::move(name), [&node](ChainRequest request, const auto& done) {
                    request.length = 1;
                    done(request.what == ChainRequest::What::headers ? node.serve(request)
                                                                     : ChainAnswer(fail(Errc::not_found, "enough")));
                }};
    }
    /// Answers with something that was not asked for.
    static TestPeer lying(PeerName name, LocalChain& node) {
        return {std::move(name), [&node](ChainRequest request, const auto& done) {
                    request.top = node.chain().genesis()->key();
                    done(node.serve(request));
                }};
    }
};

class TestPeers final : public BlockSource {
  public:
    std::vector<TestPeer> list;

    std::vector<PeerName> peers() override {
        std::vector<PeerName> out;
        for (const auto& peer : list) out.push_back(peer.name);
        return out;
    }
    void ask(const PeerName& name, const ChainRequest& request, std::function<void(ChainAnswer)> done) override {
        for (auto& peer : list)
            if (peer.name == name) {
                ++peer.asked;
                peer.answer(request, done);
            }
    }
};

}  // namespace strata::chain::testing
