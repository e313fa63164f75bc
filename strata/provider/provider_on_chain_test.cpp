// The provider on a real chain: Lotus' genesis (vectors/lotus-devnet/real), our actors, our blocks. Only the SNARKs are
// hashes, which this network's verifier lets pass.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include <strata/actors/market/state.hpp>
#include <strata/actors/table.hpp>
#include <strata/chain/gas_estimate.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/miner_view.hpp>
#include <strata/ipld/car.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/node_chain.hpp>
#include <strata/provider/test_rig.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;

class Trusting final : public vm::ProofVerifier {
  public:
    bool verify_seal(const SealVerifyInfo&) override { return true; }
    bool verify_post(const WindowPoStVerifyInfo&) override { return true; }
    bool verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return true; }
    bool verify_replica_update(const ReplicaUpdateInfo&) override { return true; }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override {
        STRATA_TRY(const auto size, sector_size(proof));
        STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), pieces));
        return proofs::piece_cid(comm_d);
    }
};

// Of vectors/lotus-devnet/real/keys.json: owner and worker of f01000.
constexpr std::string_view kWorkerKey = R"({"Type":"bls","PrivateKey":"GV/sg6rWUTPthFerKuq/8i7v1u+3PxdEXgAZO/bEDVg="})";
constexpr std::string_view kBeaconSeed = "strata main";
const Address kMiner = Address::id(1000);

class OnChain : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto vectors = strata::testing::vectors_dir();
        if (!vectors) {
            std::puts("skipped: STRATA_VECTORS is not set");
            GTEST_SKIP();
        }
        const auto folder = *vectors / "lotus-devnet/real";
        network_ = *chain::parse_network(strata::testing::read_file(folder / "network.json"));
        const auto car = strata::testing::read_file(folder / "genesis.car.zst");
        const auto header = load_car(as_bytes(car), blocks_);
        ASSERT_TRUE(header);
        chain::ChainStore store(blocks_, meta_);
        const auto genesis = store.header(header->roots.at(0));
        ASSERT_TRUE(genesis);
        ASSERT_TRUE(store.start(*genesis));
        table_ = actors::native_actors(*network_.policy);
        auto node = chain::FullNode::open(blocks_, meta_, network_, proofs_, nullptr, *table_);
        ASSERT_TRUE(node) << node.error().message();
        node_ = std::move(*node);
        const auto key = wallet::parse_key(kWorkerKey);
        ASSERT_TRUE(key) << key.error().message();
        ASSERT_TRUE(wallet_.import_key(*key));

        std::string pattern = (fs::temp_directory_path() / "strata_on_chain_XXXXXX").string();
        config_.folder = ::mkdtemp(pattern.data());
        config_.miner = kMiner;
        config_.seal_proof = static_cast<RegisteredSealProof>(5);
        config_.message_confidence = 0;
        open();
        import_genesis_sectors();
    }
    void TearDown() override {
        provider_.reset();
        jobs_.reset();
        fs::remove_all(config_.folder);
    }

    void open() {
        provider_.reset();
        jobs_ = std::make_unique<Jobs>(Jobs::Time::virtual_time);
        auto chain = chain_through(*node_, wallet_, kMiner);
        ASSERT_TRUE(chain) << chain.error().message();
        auto opened = Provider::open(config_, std::move(*chain), testing::prover_of(proving_), meta_, *jobs_, random_);
        ASSERT_TRUE(opened) << opened.error().message();
        provider_ = std::move(*opened);
    }
    void import_genesis_sectors() {
        std::ofstream(config_.folder / "replica") << "replica";
        fs::create_directories(config_.folder / "empty");
        const auto view = chain_through(*node_, wallet_, kMiner);
        std::vector<PresealedSector> sectors;
        for (const SectorNumber number : {0U, 1U}) {
            const auto on_chain = (*view)->sector(number);
            ASSERT_TRUE(on_chain && *on_chain);
            PresealedSector sector;
            sector.number = number;
            sector.proof = (*on_chain)->proof;
            std::ranges::copy((*on_chain)->sealed_cid.digest(), sector.comm_r.begin());
            sector.sealed = config_.folder / "replica";
            sector.cache = config_.folder / "empty";
            sectors.push_back(std::move(sector));
        }
        ASSERT_TRUE(provider_->import_presealed(sectors));
    }

    /// One epoch: the provider's turn, then a block if anybody wants one and the miner wins.
    void turn() {
        const auto done = provider_->on_epoch(epoch_);
        ASSERT_TRUE(done) << done.error().message();
        const bool late = epoch_ - node_->head()->height() > 700;  // the lookback allows 900
        if (!provider_->wants_block(epoch_) && node_->pool().empty() && !late) {
            epoch_ = std::min(provider_->next_wakeup().value_or(epoch_ + 700), node_->head()->height() + 701);
            return;
        }
        mine();
    }
    void mine() {
        chain::BlockProducer producer(*node_, wallet_, beacon_, *provider_);
        const auto win = producer.check_win(kMiner, node_->head(), epoch_);
        ASSERT_TRUE(win) << "epoch " << epoch_ << ": " << win.error().message();
        if (*win) {
            const auto messages = producer.select(**win);
            ASSERT_TRUE(messages) << messages.error().message();
            const auto block = producer.make_block(**win, *messages);
            ASSERT_TRUE(block) << block.error().message();
            const auto taken = node_->submit_block(*block, block->header.timestamp);
            ASSERT_TRUE(taken) << taken.error().message();
            ++mined_;
        }
        ++epoch_;
    }
    /// A message of the worker; its receipt once it has landed.
    Receipt send(const Address& to, MethodNumber method, Bytes params, const TokenAmount& value = {}) {
        Message message;
        message.to = to;
        message.from = wallet_.list()->at(0);
        message.method = method;
        message.params = std::move(params);
        message.value = value;
        message.nonce = *node_->pool().next_nonce(message.from);
        auto priced = chain::estimate_gas(node_->states(), node_->pool(), node_->head(), std::move(message), {});
        EXPECT_TRUE(priced) << priced.error().message();
        if (!priced) return {};
        auto signature = wallet_.sign(priced->from, priced->cid().bytes());
        const auto cid = node_->push({*priced, *signature});
        EXPECT_TRUE(cid) << cid.error().message();
        for (int i = 0; cid && i < 20; ++i) {
            mine();
            if (const auto found = node_->search(*cid); found && *found) return (*found)->receipt;
        }
        ADD_FAILURE() << "the message did not land";
        return {};
    }
    BigInt raw_power() {
        auto state = node_->head_state();
        EXPECT_TRUE(state);
        const auto power = chain::load_power(*state, kMiner);
        EXPECT_TRUE(power && power->claim);
        return power->claim->raw_byte_power;
    }
    std::string reasons() const {
        std::string out;
        for (const auto& sector : provider_->sectors())
            out += std::to_string(sector.number) + " " + std::string(sector_state_name(sector.state)) + " " +
                   sector.reason + "; ";
        return out;
    }

    MemoryBlockstore blocks_;
    store::MemoryKeyValue meta_;
    chain::Network network_;
    Trusting proofs_;
    std::unique_ptr<vm::ActorTable> table_;
    std::unique_ptr<chain::FullNode> node_;
    wallet::Wallet wallet_{meta_};
    chain::LocalBeacon beacon_{kBeaconSeed};
    crypto::SeededRandom random_{as_bytes("on chain")};
    testing::FakeProving proving_;
    ProviderConfig config_;
    std::unique_ptr<Jobs> jobs_;
    std::unique_ptr<Provider> provider_;
    ChainEpoch epoch_ = 1;
    int mined_ = 0;
};

TEST_F(OnChain, a_sector_with_data_and_one_without_get_power) {
    EXPECT_EQ(raw_power(), BigInt(2 * 2048));
    const auto number = provider_->add_piece(testing::Rig::reader(), testing::Rig::piece(), std::nullopt, epoch_);
    ASSERT_TRUE(number) << number.error().message();
    ASSERT_TRUE(provider_->pledge_sector(epoch_));
    bool killed = false;
    while (raw_power() < BigInt(4 * 2048) && epoch_ < 4000 && !HasFatalFailure()) {
        turn();
        if (!killed && provider_->sectors().back().state == SectorState::wait_seed) {
            killed = true;
            open();
        }
    }
    EXPECT_EQ(raw_power(), BigInt(4 * 2048)) << reasons();
    EXPECT_TRUE(killed);
    const auto money = provider_->money();
    ASSERT_TRUE(money);
    EXPECT_GT(money->initial_pledge, TokenAmount(0));
    EXPECT_EQ(money->pre_commit_deposits, TokenAmount(0));
    EXPECT_GT(money->vesting, TokenAmount(0)) << "rewards of the blocks";
    std::printf("%d blocks, %d epochs\n", mined_, static_cast<int>(epoch_));

    const auto until = epoch_ + 2880;  // all sectors stay proven over a whole period
    while (epoch_ < until && !HasFatalFailure()) turn();
    EXPECT_EQ(raw_power(), BigInt(4 * 2048)) << reasons();
    EXPECT_EQ(provider_->money()->fee_debt, TokenAmount(0));
}

TEST_F(OnChain, a_published_deal_becomes_active_with_its_sector) {
    namespace market = actors::market;
    market::ClientDealProposal deal;
    deal.proposal.piece_cid = testing::Rig::piece().cid;
    deal.proposal.piece_size = testing::Rig::piece().size;
    deal.proposal.client = wallet_.list()->at(0);
    deal.proposal.provider = kMiner;
    deal.proposal.label.value = std::string("a deal");
    deal.proposal.start_epoch = 600;
    deal.proposal.end_epoch = 600 + 181 * 2880;
    deal.proposal.provider_collateral = div_floor(fil(1), BigInt(2));
    deal.client_signature = *wallet_.sign(deal.proposal.client, to_cbor(deal.proposal));
    for (const auto& who : {deal.proposal.client, kMiner}) {
        const auto added = send(Address::id(kMarketId), market::kAddBalance, to_cbor(who), fil(1));
        ASSERT_EQ(added.exit_code, 0U);
    }
    const auto published =
        send(Address::id(kMarketId), market::kPublishStorageDeals, to_cbor(market::PublishStorageDealsParams{{deal}}));
    ASSERT_EQ(published.exit_code, 0U);
    const auto ids = from_cbor<market::PublishStorageDealsReturn>(published.return_data);
    ASSERT_TRUE(ids && ids->ids.size() == 1);
    const DealId id = ids->ids[0];

    const auto number =
        provider_->add_piece(testing::Rig::reader(), testing::Rig::piece(),
                             PieceDeal{id, deal.proposal.start_epoch, deal.proposal.end_epoch, std::nullopt}, epoch_);
    ASSERT_TRUE(number) << number.error().message();
    bool proving = false;
    provider_->on_proving([&](const SectorStatus& status) { proving = status.number == *number; });
    while (!proving && epoch_ < 600 && !HasFatalFailure()) turn();
    ASSERT_TRUE(proving) << reasons();

    auto state = *node_->head_state();
    const auto actor = state.get(kMarketId);
    const auto market_state = get_cbor<market::State>(blocks_, (*actor)->head);
    ASSERT_TRUE(market_state);
    const auto states = AmtArray<market::DealState>::load(blocks_, market_state->states, 6);
    ASSERT_TRUE(states);
    const auto deal_state = states->get(id);
    ASSERT_TRUE(deal_state && *deal_state) << "the market was told of the deal's sector";
    EXPECT_EQ((*deal_state)->sector_number, *number);
}

}  // namespace
}  // namespace strata::provider
