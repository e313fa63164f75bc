// The life of sectors in the small world (test_world.hpp). The provider is killed at every point where it touches its
// records, its files or the chain, and copes with whatever goes wrong.
#include <strata/provider/test_rig.hpp>

namespace strata::provider {
namespace {

using testing::kPost, testing::kPreCommit, testing::kProveCommit;
using testing::Rig;

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

    const auto data = rig.unsealed_data(number);
    ASSERT_TRUE(data) << data.error().message();
    EXPECT_EQ(*data, Rig::piece_data());
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
    EXPECT_NE(rig.sector(number).reason.find("a broken disk"), std::string::npos);
    EXPECT_FALSE(rig.provider->next_wakeup());
    rig.proving.fail_pre_commit_2 = 0;
    ASSERT_TRUE(rig.provider->retry_sector(number, rig.epoch));
    rig.run_until([&] { return rig.proven(number); });
    EXPECT_TRUE(rig.proven(number));
}

TEST(Provider, a_full_disk_makes_a_sector_wait_and_go_on) {
    Rig rig;
    const auto number = rig.add(std::nullopt);
    rig.proving.disk_full = true;
    rig.run_until([&] { return rig.proving.pre_commit_1_runs >= 10; });
    // This takes far more attempts than a sector has for failures of its own.
    EXPECT_EQ(rig.sector(number).state, SectorState::pre_commit_1);
    EXPECT_NE(rig.sector(number).reason.find("the disk is full"), std::string::npos);
    rig.reopen();
    rig.run_until([&] { return rig.proving.pre_commit_1_runs >= 15; });
    EXPECT_EQ(rig.sector(number).state, SectorState::pre_commit_1);
    rig.proving.full_after_layers = true;
    rig.proving.disk_full = false;
    rig.run_until([&] { return rig.sector(number).state == SectorState::pre_commit_2; });
    const auto waits_from = rig.epoch;
    rig.run_until([&] { return rig.epoch > waits_from + 100; });
    EXPECT_EQ(rig.sector(number).state, SectorState::pre_commit_2);
    rig.proving.full_after_layers = false;
    rig.proving.disk_full = false;
    rig.run_until([&] { return rig.proven(number); });
    EXPECT_TRUE(rig.proven(number)) << rig.sector(number).reason;
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
    const auto data = rig.unsealed_data(number);
    ASSERT_TRUE(data) << data.error().message();
    EXPECT_EQ(*data, Rig::piece_data());
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
    const PieceInfo other{1024, proofs::piece_cid(proofs::zero_commitment(1024))};
    EXPECT_FALSE(rig.provider->add_piece(Rig::reader(), other, std::nullopt, rig.epoch));
    EXPECT_FALSE(rig.provider->add_piece(Rig::reader(), {4096, other.cid}, std::nullopt, rig.epoch));
    EXPECT_TRUE(rig.provider->sectors().empty());
}

}  // namespace
}  // namespace strata::provider
