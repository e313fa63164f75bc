// The provider in a small world (test_world.hpp): the whole life of sectors in virtual time, killed at every place
// where it touches its records, its files or the chain, and what it does when something goes wrong.
#include <strata/provider/provider.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include <strata/proofs/piece/fr32.hpp>
#include <strata/provider/test_world.hpp>

namespace strata::provider {
namespace {

namespace fs = std::filesystem;
using testing::FakeProving;
using testing::World;

constexpr MethodNumber kPost = 5, kFaults = 10, kRecovered = 11, kPreCommit = 28, kProveCommit = 34;

struct Killed {};

/// Calls `outside` before and after every write: a kill may come at either.
class WatchedStore final : public store::KeyValue {
  public:
    std::function<void()> outside = [] {};
    Result<std::optional<Bytes>> get(std::string_view key) override { return inner_.get(key); }
    Status write(const std::vector<store::Write>& batch) override {
        outside();
        STRATA_OK(inner_.write(batch));
        outside();
        return {};
    }
    Status for_each(std::string_view prefix, const Visit& visit) override { return inner_.for_each(prefix, visit); }

  private:
    store::MemoryKeyValue inner_;
};

class Rig {
  public:
    explicit Rig(std::string_view seed = "seed") : random_(as_bytes(seed)) {
        std::string pattern = (fs::temp_directory_path() / "strata_provider_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        config.miner = Address::id(World::kMiner);
        config.folder = folder_;
        config.seal_proof = static_cast<RegisteredSealProof>(5);
        config.message_confidence = 1;
        world.head = 1000;
        store.outside = world.outside = proving.outside = [this] {
            if (kill_after > 0 && --kill_after == 0) throw Killed{};
        };
        open();
    }
    ~Rig() {
        provider.reset();
        jobs_.reset();
        fs::remove_all(folder_);
    }

    void open() {
        provider.reset();
        jobs_ = std::make_unique<Jobs>(Jobs::Time::virtual_time);
        auto opened =
            Provider::open(config, testing::chain_of(world), testing::prover_of(proving), store, *jobs_, random_);
        ASSERT_TRUE(opened) << opened.error().message();
        provider = std::move(*opened);
    }
    void reopen() {
        ++kills;
        if (kills % 2 == 0) world.lose_pool();
        for (;;) try {
                return open();
            } catch (const Killed&) {
                ++kills;
            }
    }

    static Bytes piece_data() {
        Bytes out(1000);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i * 7);
        return out;
    }
    static proofs::ReadBytes reader() {
        auto rest = std::make_shared<Bytes>(piece_data());
        return [rest](std::span<std::uint8_t> out) -> Result<std::size_t> {
            const auto n = std::min(out.size(), rest->size());
            std::copy_n(rest->begin(), n, out.begin());
            rest->erase(rest->begin(), rest->begin() + static_cast<std::ptrdiff_t>(n));
            return n;
        };
    }
    static PieceInfo piece() {
        const auto commitment = proofs::piece_commitment(reader());
        return {commitment->padded_size, proofs::piece_cid(commitment->commitment)};
    }
    SectorNumber add(std::optional<PieceDeal> deal) {
        for (;;) try {
                const auto number = provider->add_piece(reader(), piece(), deal, epoch);
                EXPECT_TRUE(number) << number.error().message();
                return number.value_or(99);
            } catch (const Killed&) {
                reopen();
            }
    }

    /// One call at the epoch it asked for, and a block if somebody waits for one.
    void turn() {
        try {
            const auto done = provider->on_epoch(epoch);
            ASSERT_TRUE(done) << done.error().message();
        } catch (const Killed&) {
            return reopen();
        }
        ++turns;
        if (provider->wants_block(epoch) || world.has_pending()) {
            world.mine(epoch);
            ++blocks;
            ++epoch;
            return;
        }
        const auto next = provider->next_wakeup();
        ASSERT_TRUE(!next || *next > epoch);
        epoch = next.value_or(epoch + 100);
    }
    void run_until(const std::function<bool()>& done, ChainEpoch epochs = 10'000) {
        const ChainEpoch limit = epoch + epochs;
        while (!done() && epoch < limit && !::testing::Test::HasFatalFailure()) turn();
    }
    bool proven(SectorNumber number) const {
        const auto it = world.sectors.find(number);
        return it != world.sectors.end() && it->second.proven;
    }
    SectorStatus sector(SectorNumber number) const {
        for (const auto& status : provider->sectors())
            if (status.number == number) return status;
        return {};
    }

    World world;
    FakeProving proving;
    WatchedStore store;
    ProviderConfig config;
    std::unique_ptr<Provider> provider;
    ChainEpoch epoch = 1001;
    int kill_after = 0, kills = 0, turns = 0, blocks = 0;

  private:
    fs::path folder_;
    crypto::SeededRandom random_;
    std::unique_ptr<Jobs> jobs_;
};

const PieceDeal kDeal{77, 2000, 2000 + 600 * 2880, std::nullopt};

TEST(Provider, a_deal_becomes_a_proven_sector) {
    Rig rig;
    std::vector<SectorNumber> told;
    rig.provider->on_proving([&](const SectorStatus& status) { told.push_back(status.number); });
    const auto number = rig.add(kDeal);
    EXPECT_EQ(rig.add(kDeal), number) << "a deal is taken once";
    rig.run_until([&] { return rig.proven(number); });
    ASSERT_TRUE(rig.proven(number));
    EXPECT_EQ(rig.world.deals[number], std::vector<DealId>{77});
    EXPECT_EQ(rig.world.count(kPreCommit, true), 1);
    EXPECT_EQ(rig.world.count(kProveCommit, true), 1);
    EXPECT_EQ(rig.world.count(kPost, true), 1);
    EXPECT_EQ(rig.world.calls.size(), 3u);
    EXPECT_EQ(told, std::vector{number});
    const auto status = rig.sector(number);
    EXPECT_EQ(status.state, SectorState::proving);
    EXPECT_GE(status.expiration, kDeal.end);
    EXPECT_EQ(status.pieces.size(), 2u) << "1024 bytes of piece and 1024 of filler";
    EXPECT_LT(rig.blocks, 20) << "blocks only where something waits for them";

    const auto reader = rig.provider->read_piece(Rig::piece().cid);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->size(), 1016u);
    Bytes part(500);
    ASSERT_TRUE(reader->read(300, part));
    const auto data = Rig::piece_data();
    EXPECT_TRUE(std::equal(part.begin(), part.end(), data.begin() + 300));
    EXPECT_FALSE(reader->read(600, part));
}

TEST(Provider, a_kill_at_any_place_does_no_harm) {
    int places = 0;
    for (int at = 1; at < 500; ++at) {
        Rig rig;
        rig.kill_after = at;
        const auto number = rig.add(kDeal);
        rig.run_until([&] { return rig.proven(number); });
        ASSERT_TRUE(rig.proven(number)) << "killed at place " << at << ": " << rig.sector(number).reason;
        EXPECT_EQ(rig.world.deals[number], std::vector<DealId>{77});
        EXPECT_EQ(rig.world.calls.size(), 3u) << "killed at place " << at;
        EXPECT_EQ(rig.world.sectors.size(), 1u);
        if (rig.kills == 0) break;
        places = at;
    }
    EXPECT_GT(places, 30);
    EXPECT_LT(places, 499);
}

TEST(Provider, many_kills_do_no_harm) {
    for (int seed = 0; seed < 60; ++seed) {
        Rig rig("kills " + std::to_string(seed));
        crypto::SeededRandom random(as_bytes("places " + std::to_string(seed)));
        const auto number = rig.add(kDeal);
        const auto empty = rig.provider->pledge_sector(rig.epoch);
        ASSERT_TRUE(empty);
        rig.run_until([&] {
            if (rig.kill_after == 0) rig.kill_after = static_cast<int>(1 + random.below(12));
            return rig.proven(number) && rig.proven(*empty);
        });
        ASSERT_TRUE(rig.proven(number) && rig.proven(*empty)) << "seed " << seed;
        EXPECT_GT(rig.kills, 3);
        for (const auto& call : rig.world.calls) EXPECT_EQ(call.exit_code, 0u) << "method " << call.method;
        EXPECT_EQ(rig.world.pre_commits.size(), 0u);
        EXPECT_EQ(rig.world.sectors.size(), 2u);
    }
}

TEST(Provider, the_same_run_twice_is_the_same) {
    const auto run = [] {
        Rig rig;
        const auto number = rig.add(kDeal);
        rig.run_until([&] { return rig.proven(number); });
        std::vector<std::pair<ChainEpoch, MethodNumber>> out;
        for (const auto& call : rig.world.calls) out.emplace_back(call.epoch, call.method);
        out.emplace_back(rig.turns, rig.blocks);
        return out;
    };
    EXPECT_EQ(run(), run());
}

TEST(Provider, several_sectors_share_messages) {
    Rig rig;
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(rig.provider->pledge_sector(rig.epoch));
    rig.run_until([&] { return rig.world.sectors.size() == 4; });
    EXPECT_EQ(rig.world.sectors.size(), 4u);
    EXPECT_EQ(rig.world.count(kPreCommit, true), 1);
    EXPECT_EQ(rig.world.count(kProveCommit, true), 1);
    EXPECT_EQ(rig.sector(3).pieces.size(), 0u);
}

TEST(Provider, steps_and_messages_that_fail_are_repeated) {
    Rig rig;
    rig.proving.fail_pre_commit_2 = 2;
    rig.proving.fail_commit = 2;            // twice wrong: sealed again
    rig.world.spoil[kPreCommit] = {7, 16};  // out of gas, refused
    rig.world.spoil[kProveCommit] = {16};
    rig.world.spoil[kPost] = {16};
    const auto number = rig.add(std::nullopt);
    rig.run_until([&] { return rig.proven(number); });
    ASSERT_TRUE(rig.proven(number)) << rig.sector(number).reason;
    EXPECT_EQ(rig.proving.pre_commit_1_runs, 2);
    EXPECT_EQ(rig.proving.window_runs, 2);
    EXPECT_EQ(rig.world.count(kPreCommit, true), 1);
    EXPECT_EQ(rig.world.count(kProveCommit, true), 1);
}

TEST(Provider, a_message_whose_nonce_is_gone_is_made_again) {
    Rig rig;
    const auto number = rig.add(std::nullopt);
    rig.run_until([&] { return rig.world.has_pending(); });
    rig.run_until([&] { return rig.sector(number).state == SectorState::pre_commit && rig.sector(number).message; });
    rig.world.lose_pool();
    rig.world.take_nonce();
    rig.run_until([&] { return rig.proven(number); });
    EXPECT_TRUE(rig.proven(number)) << rig.sector(number).reason;
}

TEST(Provider, what_keeps_failing_is_given_up_with_a_reason) {
    Rig rig;
    rig.proving.fail_pre_commit_2 = 100;
    const auto number = rig.add(std::nullopt);
    rig.run_until([&] { return rig.sector(number).state == SectorState::failed; });
    ASSERT_EQ(rig.sector(number).state, SectorState::failed);
    EXPECT_NE(rig.sector(number).reason.find("no space"), std::string::npos);
    EXPECT_FALSE(rig.provider->next_wakeup());
    rig.proving.fail_pre_commit_2 = 0;
    ASSERT_TRUE(rig.provider->retry_sector(number, rig.epoch));
    rig.run_until([&] { return rig.proven(number); });
    EXPECT_TRUE(rig.proven(number));
}

TEST(Provider, a_ticket_that_got_old_is_drawn_again) {
    Rig rig;
    const auto number = rig.add(std::nullopt);
    rig.run_until([&] { return rig.sector(number).state == SectorState::pre_commit_1; });
    rig.world.mine(rig.epoch += 5000);
    rig.run_until([&] { return rig.proven(number); });
    EXPECT_TRUE(rig.proven(number)) << rig.sector(number).reason;
    for (const auto& call : rig.world.calls) EXPECT_EQ(call.exit_code, 0u);
}

TEST(Provider, data_of_a_pre_commitment_that_ran_out_moves_to_another_number) {
    Rig rig;
    const auto number = rig.add(std::nullopt);
    rig.run_until([&] { return rig.sector(number).state == SectorState::wait_seed; });
    rig.world.pre_commits.clear();  // burnt by cron
    rig.run_until([&] { return rig.proven(number + 1); });
    ASSERT_TRUE(rig.proven(number + 1)) << rig.sector(number).reason;
    EXPECT_EQ(rig.sector(number).state, SectorState::moved);
    const auto reader = rig.provider->read_piece(Rig::piece().cid);
    ASSERT_TRUE(reader);
    Bytes part(1);
    EXPECT_TRUE(reader->read(0, part));
}

TEST(Provider, a_deal_that_has_started_is_not_sealed) {
    Rig rig;
    const auto number = rig.add(PieceDeal{5, 900, 2000 + 600 * 2880, std::nullopt});
    rig.turn();
    EXPECT_EQ(rig.sector(number).state, SectorState::failed);
    EXPECT_NE(rig.sector(number).reason.find("deal 5"), std::string::npos);
}

TEST(Provider, other_data_than_the_pieces_is_refused) {
    Rig rig;
    PieceInfo other{1024, proofs::piece_cid(proofs::zero_commitment(1024))};
    EXPECT_FALSE(rig.provider->add_piece(Rig::reader(), other, std::nullopt, rig.epoch));
    EXPECT_FALSE(rig.provider->add_piece(Rig::reader(), {4096, other.cid}, std::nullopt, rig.epoch));
    EXPECT_TRUE(rig.provider->sectors().empty());
}

class Deadlines : public ::testing::Test {
  protected:
    void SetUp() override {
        a = rig.add(std::nullopt);
        b = *rig.provider->pledge_sector(rig.epoch);
        rig.run_until([&] { return rig.world.sectors.size() == 2; });
        rig.world.sectors[b].deadline = rig.world.sectors[a].deadline;
        rig.run_until([&] { return rig.proven(a) && rig.proven(b); });
        ASSERT_TRUE(rig.proven(a) && rig.proven(b));
    }
    fs::path replica(SectorNumber number) const {
        return sector_files(rig.config.folder, World::kMiner, number).sealed;
    }
    void next_period(std::size_t periods = 1) {
        const auto until = rig.epoch + 2880 * static_cast<ChainEpoch>(periods);
        rig.run_until([&] { return rig.epoch >= until; });
    }
    Rig rig;
    SectorNumber a = 0, b = 0;
};

TEST_F(Deadlines, every_period_is_proven_once) {
    next_period(3);
    EXPECT_EQ(rig.world.count(kPost, true), 4);
    EXPECT_EQ(rig.world.count(kPost, false), 0);
    EXPECT_TRUE(rig.world.faults.empty());
}

TEST_F(Deadlines, lost_sectors_are_declared_and_declared_recovered) {
    const auto aside = replica(a).string() + ".aside";
    fs::rename(replica(a), aside);
    next_period();
    EXPECT_EQ(rig.world.count(kFaults, true), 1);
    EXPECT_EQ(rig.world.faults, BitField{a});
    EXPECT_EQ(rig.world.count(kPost, true), 2) << "the other one is proven";
    next_period();
    EXPECT_EQ(rig.world.count(kFaults, true), 1) << "it is known by now";
    fs::rename(aside, replica(a));
    next_period();
    EXPECT_EQ(rig.world.count(kRecovered, true), 1);
    EXPECT_TRUE(rig.world.faults.empty());
}

TEST_F(Deadlines, sectors_lost_after_the_check_are_skipped) {
    const auto open = rig.world.last_open(rig.world.sectors[a].deadline, rig.epoch) + 2880;
    rig.run_until([&] { return rig.epoch >= open - 60; });
    fs::remove(replica(a));
    rig.run_until([&] { return rig.world.count(kPost, true) == 2; });
    EXPECT_EQ(rig.world.count(kPost, true), 2);
    EXPECT_EQ(rig.world.count(kFaults, true), 0);
    EXPECT_EQ(rig.world.faults, BitField{a});
}

TEST_F(Deadlines, a_kill_at_any_place_does_no_harm) {
    for (int round = 0; round < 60; ++round) {
        rig.kill_after = 1 + round % 20;
        next_period();
    }
    rig.kill_after = 0;
    EXPECT_EQ(rig.world.count(kPost, true), 61);
    EXPECT_EQ(rig.world.count(kPost, false), 0);
    EXPECT_TRUE(rig.world.faults.empty());
}

TEST_F(Deadlines, winning_proofs_are_of_the_sectors_it_has) {
    const auto& on_chain = rig.world.sectors[a].info;
    Hash256 randomness;
    randomness.fill(9);
    const PoStSectorInfo sector{static_cast<RegisteredSealProof>(5), a, on_chain.sealed_cid};
    const auto proof = rig.provider->prove_winning(rig.config.miner, randomness, sector);
    ASSERT_TRUE(proof);
    EXPECT_EQ(proof->at(0).bytes, to_bytes(testing::fake_window_proof(randomness, {{a, rig.sector(a).comm_r}})));
    EXPECT_EQ(static_cast<std::int64_t>(proof->at(0).proof), 0);
    EXPECT_FALSE(rig.provider->prove_winning(rig.config.miner, randomness, {sector.proof, 9, sector.sealed_cid}));
}

}  // namespace
}  // namespace strata::provider
