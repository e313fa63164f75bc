#pragma once
// A real chain for tests of providers: Lotus' genesis (vectors/lotus-devnet/real), our actors, our blocks, one miner.
// Only the SNARKs are replaced by hashes, which this network's verifier accepts.
#include <gtest/gtest.h>

#include <fstream>

#include <strata/actors/table.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/send_message.hpp>
#include <strata/ipld/car.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/local_provider.hpp>
#include <strata/provider/node_chain.hpp>
#include <strata/provider/test_prover.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/vm/externs.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::provider::testing {

namespace fs = std::filesystem;

class Trusting final : public vm::ProofVerifier {
  public:
    Result<bool> verify_seal(const SealVerifyInfo&) override { return true; }
    Result<bool> verify_post(const WindowPoStVerifyInfo&) override { return true; }
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return true; }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo&) override { return true; }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override {
        STRATA_TRY(const auto size, sector_size(proof));
        STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(size), pieces));
        return proofs::piece_cid(comm_d);
    }
};

// The key of the owner and worker of f01000, from vectors/lotus-devnet/real/keys.json.
inline constexpr std::string_view kWorkerKey =
    R"({"Type":"bls","PrivateKey":"GV/sg6rWUTPthFerKuq/8i7v1u+3PxdEXgAZO/bEDVg="})";
inline constexpr std::string_view kBeaconSeed = "strata main";
inline const Address kMiner = Address::id(1000);

class TestChain : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto folder = strata::testing::find_vectors("lotus-devnet/real");
        if (!folder) GTEST_SKIP() << strata::testing::skip_reason("lotus-devnet/real");
        network_ = *chain::parse_network(strata::testing::read_file(*folder / "network.json"));
        const auto car = strata::testing::read_file(*folder / "genesis.car");
        const auto header = load_car(as_bytes(car), blocks_);
        ASSERT_TRUE(header);
        chain::ChainStore store(blocks_, meta_);
        const auto genesis = store.header(header->roots.at(0));
        ASSERT_TRUE(genesis);
        ASSERT_TRUE(store.start(*genesis));
        table_ = actors::native_actors();
        auto node = chain::LocalChain::open(blocks_, meta_, network_, proofs_, nullptr, *table_);
        ASSERT_TRUE(node) << node.error().message();
        node_ = std::move(*node);
        const auto key = wallet::parse_key(kWorkerKey);
        ASSERT_TRUE(key) << key.error().message();
        ASSERT_TRUE(wallet_.import_key(*key));

        config_.folder = temp_.path();
        config_.miner = kMiner;
        config_.seal_proof = static_cast<RegisteredSealProof>(5);
        config_.message_confidence = 0;
        open();
        import_genesis_sectors();
    }
    void TearDown() override {
        provider_.reset();
        jobs_.reset();
    }

    /// Starts everything that a kill ends.
    virtual void open() { open_provider(meta_); }
    void open_provider(store::KeyValue& records) {
        provider_.reset();
        jobs_ = std::make_unique<Jobs>(Jobs::Time::virtual_time);
        auto chain = chain_through(*node_, wallet_, kMiner);
        ASSERT_TRUE(chain) << chain.error().message();
        auto opened = LocalProvider::open(config_, std::move(*chain), prover_of(proving_), records, *jobs_, random_);
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

    /// Does the work of an epoch.
    virtual void work() {
        const auto done = provider_->on_epoch(epoch_);
        ASSERT_TRUE(done) << done.error().message();
    }
    virtual bool wants_block() const { return provider_->wants_block(epoch_); }
    virtual std::optional<ChainEpoch> next_wakeup() const { return provider_->next_wakeup(); }

    /// One epoch: the provider does its work, then there is a block if anything waits for one and the miner wins.
    void turn() {
        work();
        const bool late = epoch_ - node_->head()->height() > 700;  // the lookback allows 900
        if (!wants_block() && node_->pool().empty() && !late) {
            epoch_ = std::min(next_wakeup().value_or(epoch_ + 700), node_->head()->height() + 701);
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
    /// Sends a message of the worker and returns its receipt once it has landed.
    Receipt send(const Address& to, MethodNumber method, Bytes params, const TokenAmount& value = {}) {
        Message message;
        message.to = to;
        message.from = worker();
        message.method = method;
        message.params = std::move(params);
        message.value = value;
        const auto cid = chain::send_message(*node_, wallet_, std::move(message));
        EXPECT_TRUE(cid) << cid.error().message();
        return cid ? receipt_of(*cid) : Receipt{};
    }
    /// Mines until the message has landed.
    Receipt receipt_of(const Cid& message) {
        for (int i = 0; i < 20; ++i) {
            mine();
            if (const auto found = node_->search(message); found && *found) return (*found)->receipt;
        }
        ADD_FAILURE() << "the message did not land";
        return {};
    }
    static Address worker() { return *wallet::address_of(*wallet::parse_key(kWorkerKey)); }
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
    std::unique_ptr<chain::LocalChain> node_;
    wallet::Wallet wallet_{meta_};
    chain::LocalBeacon beacon_{kBeaconSeed};
    crypto::SeededRandom random_{as_bytes("on chain")};
    FakeProving proving_;
    strata::testing::TempFolder temp_;
    ProviderConfig config_;
    std::unique_ptr<Jobs> jobs_;
    std::unique_ptr<LocalProvider> provider_;
    ChainEpoch epoch_ = 1;
    int mined_ = 0;
};

}  // namespace strata::provider::testing
