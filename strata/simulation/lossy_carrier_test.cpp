// The contract of lossy_carrier.hpp, with swarms that ping each other.
#include <strata/simulation/lossy_carrier.hpp>

#include <gtest/gtest.h>

#include <strata/net/ping.hpp>
#include <strata/net/services.hpp>

namespace strata::simulation {
namespace {

using namespace std::chrono_literals;

struct Side {
    Side(std::string_view name, LossyCarrier& carrier)
        : random(as_bytes(name)),
          swarm(net::PrivateKey::ed25519(random.bytes<32>()), net::SwarmConfig{}, random),
          place(carrier.add_place()) {
        carrier.plug(place, swarm);
    }
    crypto::SeededRandom random;
    net::Swarm swarm;
    LossyCarrier::Place place;
};

class LossyCarrierTest : public ::testing::Test {
  protected:
    void connect() {
        carrier_.dial(a_.place, b_.place);
        queue_.run_until(queue_.now() + 1s);
        ASSERT_TRUE(a_.swarm.is_connected(b_.swarm.id()));
    }
    /// Returns the round trip of a ping; empty if there was none within ten seconds.
    std::optional<Instant> ping() {
        std::optional<Instant> out;
        const auto opened = a_.swarm.open(b_.swarm.id(), {std::string(net::kPingProtocol)},
                                          net::make_ping(a_.swarm, 1,
                                                         [&](const Result<Instant>& time) {
                                                             if (time) out = *time;
                                                         }),
                                          queue_.now());
        EXPECT_TRUE(opened);
        carrier_.touch(a_.place);
        queue_.run_until(queue_.now() + 10s);
        return out;
    }

    EventQueue queue_{crypto::SeededRandom(as_bytes("carrier"))};
    LossyCarrier carrier_{queue_, {.latency = 50ms}};
    Side a_{"a", carrier_}, b_{"b", carrier_};
};

TEST_F(LossyCarrierTest, BytesTakeTheirTime) {
    connect();
    EXPECT_TRUE(carrier_.are_connected(a_.place, b_.place));
    const auto time = ping();
    ASSERT_TRUE(time);
    EXPECT_GE(*time, 100ms);
    EXPECT_LE(*time, 250ms);  // with what opens the stream
}

TEST_F(LossyCarrierTest, PartsCannotReachEachOther) {
    connect();
    carrier_.set_part(a_.place, 1);
    EXPECT_FALSE(ping());
    carrier_.set_part(a_.place, 0);
    queue_.run_until(queue_.now() + 1s);
    EXPECT_TRUE(ping());
}

TEST_F(LossyCarrierTest, NobodyDialsAcrossParts) {
    carrier_.set_part(a_.place, 1);
    carrier_.dial(a_.place, b_.place);
    EXPECT_EQ(carrier_.connections(a_.place), 0U);
}

TEST_F(LossyCarrierTest, BothEndsHearOfAReset) {
    connect();
    EXPECT_TRUE(carrier_.break_one(/*half=*/false));
    EXPECT_FALSE(a_.swarm.is_connected(b_.swarm.id()));
    EXPECT_FALSE(b_.swarm.is_connected(a_.swarm.id()));
    EXPECT_FALSE(carrier_.break_one(/*half=*/false));
}

TEST_F(LossyCarrierTest, OneEndHearsOfAHalfBreak) {
    connect();
    EXPECT_TRUE(carrier_.break_one(/*half=*/true));
    EXPECT_NE(a_.swarm.is_connected(b_.swarm.id()), b_.swarm.is_connected(a_.swarm.id()));
}

TEST_F(LossyCarrierTest, SlowReadersGetTheirBytesLate) {
    connect();
    carrier_.set_reading(b_.place, 100);
    const auto time = ping();  // 32 bytes and what wraps them
    ASSERT_TRUE(time);
    EXPECT_GE(*time, 500ms);
}

TEST_F(LossyCarrierTest, PeersHearOfAKilledProcessOnly) {
    connect();
    carrier_.unplug(b_.place, LossyCarrier::Leave::silent);
    queue_.run_until(queue_.now() + 1s);
    EXPECT_TRUE(a_.swarm.is_connected(b_.swarm.id()));
    carrier_.plug(b_.place, b_.swarm);

    Side c("c", carrier_);
    carrier_.dial(a_.place, c.place);
    queue_.run_until(queue_.now() + 1s);
    ASSERT_TRUE(a_.swarm.is_connected(c.swarm.id()));
    carrier_.unplug(c.place, LossyCarrier::Leave::reset);
    queue_.run_until(queue_.now() + 1s);
    EXPECT_FALSE(a_.swarm.is_connected(c.swarm.id()));
}

}  // namespace
}  // namespace strata::simulation
