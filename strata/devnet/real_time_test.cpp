// Protects the start of `strata devnet up`: what belongs to a network from its beginning is taken from its folder, an
// option that contradicts it is refused, and a folder that is in use or a port that is taken ends the start before
// anything is sealed. Source: docs/operating.md, "A local network".
#include <strata/devnet/real_time.hpp>

#include <gmock/gmock.h>

#include <fstream>

#include <strata/actors/table.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/http/server.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class UpTest : public ::testing::Test {
  protected:
    UpOptions options() const {
        UpOptions out;
        out.folder = folder_ / "net";
        out.parameters = folder_ / "keys";
        out.first_port = 0;
        return out;
    }
    /// Makes a network with the seed 7, sectors of 2 KiB and a block every 4 seconds.
    void make_network_there() const {
        DevnetConfig config;
        config.folder = folder_ / "net";
        config.seed = "7";
        config.genesis_timestamp = 1'700'000'000;
        const auto network = describe_network(config, chain::LocalBeacon("test"));
        const auto actors = actors::native_actors();
        const auto made = make_network(config, network, make_accounts("7"), *actors, {});
        ASSERT_TRUE(made) << made.error().message();
    }
    static Status run(const UpOptions& up, bool stopped) {
        std::FILE* out = std::tmpfile();
        const std::atomic<bool> stop = stopped;
        Status done;
        {
            terminal::Report report(out);
            done = run_up(up, report, stop);
        }
        std::fclose(out);
        return done;
    }
    bool nothing_was_made() const {
        return !fs::exists(folder_ / "net/presealed") && !fs::exists(folder_ / "net/network.json");
    }

    testing::TempFolder folder_;
};

TEST_F(UpTest, a_new_network_has_what_was_asked_for_and_the_defaults_of_the_help) {
    const auto config = up_config(options());
    ASSERT_TRUE(config) << config.error().message();
    EXPECT_EQ(config->block_delay, 4U);
    EXPECT_EQ(config->sector_size, 2048U);
    EXPECT_EQ(config->time, Jobs::Time::real);
    EXPECT_EQ(config->seed.size(), 16U) << "eight random bytes";
    EXPECT_NE(config->seed, up_config(options())->seed) << "drawn anew for each network";
    auto asked = options();
    asked.seed = "8";
    asked.block_delay = 30;
    asked.sector_size = 8 << 20;
    asked.first_port = 4000;
    const auto other = up_config(asked);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->seed, "8");
    EXPECT_EQ(other->block_delay, 30U);
    EXPECT_EQ(other->sector_size, 8U << 20);
    EXPECT_EQ(other->first_port, 4000);
}

TEST_F(UpTest, a_network_that_is_there_goes_on_as_it_was_made) {
    make_network_there();
    for (const bool named : {false, true}) {
        auto up = options();
        if (named) {
            up.seed = "7";
            up.block_delay = 4;
            up.sector_size = 2048;
        }
        const auto config = up_config(up);
        ASSERT_TRUE(config) << config.error().message();
        EXPECT_EQ(config->seed, "7");
        EXPECT_EQ(config->sector_size, 2048U);
        EXPECT_EQ(config->block_delay, 4U);
        EXPECT_EQ(config->genesis_timestamp, 1'700'000'000U);
    }
}

TEST_F(UpTest, an_option_that_contradicts_the_network_is_refused_with_both_values) {
    make_network_there();
    const auto refused = [&](auto change) {
        auto up = options();
        change(up);
        const auto config = up_config(up);
        EXPECT_EQ(config.error().code(), Errc::invalid_argument);
        return config.error().message();
    };
    const auto folder = (folder_ / "net").string();
    EXPECT_THAT(refused([](UpOptions& up) { up.seed = "8"; }), AllOf(HasSubstr("--seed 8"), HasSubstr("made with 7")));
    EXPECT_THAT(refused([](UpOptions& up) { up.block_delay = 2; }),
                AllOf(HasSubstr("--block-time 2"), HasSubstr("made with 4"), HasSubstr(folder)));
    EXPECT_THAT(refused([](UpOptions& up) { up.sector_size = 8 << 20; }),
                AllOf(HasSubstr("--sector 8388608"), HasSubstr("made with 2048"), HasSubstr("--folder")));
}

TEST_F(UpTest, a_folder_in_use_is_left_alone) {
    const auto lock = FolderLock::take(folder_ / "net");
    ASSERT_TRUE(lock);
    const auto done = run(options(), false);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::busy);
    EXPECT_THAT(done.error().message(), HasSubstr((folder_ / "net").string()));
    EXPECT_TRUE(nothing_was_made());
}

TEST_F(UpTest, a_plain_file_cannot_be_the_folder) {
    std::ofstream(folder_ / "net") << "x";
    const auto done = run(options(), false);
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message(), HasSubstr((folder_ / "net").string()));
}

TEST_F(UpTest, a_taken_port_is_named_before_anything_is_made) {
    const auto start = [] {
        return http::Server::start("127.0.0.1", 0, [](const http::Request&) { return http::Response{}; });
    };
    auto server = start();
    while (server && (*server)->port() > 65532) server = start();  // the network wants four ports in a row
    ASSERT_TRUE(server);
    const std::uint16_t taken = (*server)->port();
    auto up = options();
    up.first_port = taken;
    const auto done = run(up, false);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::busy);
    EXPECT_THAT(done.error().message(), AllOf(HasSubstr("port " + std::to_string(taken)), HasSubstr("--port")));
    EXPECT_TRUE(nothing_was_made());
    EXPECT_FALSE(fs::exists(folder_ / "keys"));
}

// Ctrl-C while the first keys are made: nothing of a network is there, so the next start begins anew.
TEST_F(UpTest, a_stop_before_the_network_is_made_leaves_none) {
    const auto done = run(options(), true);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::cancelled) << done.error().message();
    EXPECT_TRUE(nothing_was_made());
    EXPECT_TRUE(FolderLock::take(folder_ / "net")) << "and the folder is free again";
}

// An epoch that takes longer than its time, because a proof does, leaves null rounds; the network never runs ahead.
TEST(NextEpoch, follows_the_clock_and_never_repeats_an_epoch) {
    for (const ChainEpoch now : {ChainEpoch{5}, ChainEpoch{9}, ChainEpoch{10}, ChainEpoch{11}}) {
        const auto next = next_epoch(10, now, 10);
        EXPECT_EQ(next.epoch, 11) << now;
        EXPECT_EQ(next.why, "");
    }
    EXPECT_EQ(next_epoch(10, 14, 10).epoch, 14);
}

// "Time in which the program did not run is left out" (docs/operating.md, "Time"): a machine that slept goes on with
// the next epoch, however long it slept.
TEST(NextEpoch, leaves_out_the_time_in_which_the_program_did_not_run) {
    for (const ChainEpoch slept : {ChainEpoch{101}, ChainEpoch{100'000}, ChainEpoch{1} << 40}) {
        const auto next = next_epoch(10, 10 + slept, 10);
        EXPECT_EQ(next.epoch, 11);
        EXPECT_THAT(next.why, HasSubstr("did not run for " + std::to_string(slept) + " epochs"));
    }
    EXPECT_EQ(next_epoch(10, 110, 10).epoch, 110) << "a hundred null rounds are still a slow proof";
}

// A chain cannot continue after more than 900 null rounds: the lookback of power ends there (docs/protocol/node.md §7;
// lotus chain/stmgr/utils.go). The network must go back before that, even if it slept in between.
TEST(NextEpoch, goes_back_to_the_head_before_a_lookback_ends) {
    ChainEpoch epoch = 11, most = 0;
    bool went_back = false;
    for (int i = 0; i < 2000 && !went_back; ++i) {
        const auto next = next_epoch(epoch, epoch + 100, 10);
        went_back = next.epoch <= epoch;
        most = std::max(most, epoch - 10);
        epoch = next.epoch;
        if (went_back) EXPECT_THAT(next.why, HasSubstr("goes back to epoch 11"));
    }
    EXPECT_TRUE(went_back);
    EXPECT_EQ(epoch, 11);
    EXPECT_LT(most, 900);
}

// A port is a number of 16 bits (RFC 6335, section 6), and the four nodes have consecutive ones.
TEST(Ports, are_checked_from_the_first_to_the_last) {
    EXPECT_TRUE(check_ports(0, 4)) << "0 stands for any free ones";
    for (const std::uint16_t first : {std::uint16_t{65533}, std::uint16_t{65535}}) {
        const auto checked = check_ports(first, 4);
        ASSERT_FALSE(checked) << first;
        EXPECT_EQ(checked.error().code(), Errc::invalid_argument);
        EXPECT_THAT(checked.error().message(), HasSubstr("65535"));
    }
}

}  // namespace
}  // namespace strata::devnet
