// Our host as a peer that understands the lines of the strangers (tests/interop/README.md), as far as bench/strangers
// measures them. It has no limits of connections, and one more command:
//   {"cmd":"open","addr":A,"count":N}   N peers with keys of their own connect and stay
#include <sys/resource.h>

#include <iostream>

#include <nlohmann/json.hpp>
#include <strata/net/test_echo.hpp>
#include <strata/net/test_perf.hpp>

namespace strata::net {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

std::unique_ptr<Host> start(std::uint64_t seed, std::vector<Multiaddr> listen) {
    ByteArray<32> key{};
    store_be<std::uint64_t>(key.data(), seed);
    HostConfig config{.listen = std::move(listen)};
    auto& limits = config.swarm;
    for (auto* most : {&limits.connections, &limits.inbound, &limits.pending, &limits.per_peer, &limits.per_ip})
        *most = 100'000;
    return Host::start(PrivateKey::ed25519(key), std::move(config),
                       [](Swarm& swarm) {
                           swarm.support(std::string(testing::kEcho), [] { return std::make_unique<testing::Echo>(); });
                           swarm.support(std::string(testing::kPerf),
                                         [] { return std::make_unique<testing::PerfServer>(); });
                       })
        .value();
}

Result<Multiaddr> address_in(const json& command) {
    return Multiaddr::parse(command.value("addr", ""));
}

Result<json> dial(Host& host, const json& command) {
    STRATA_TRY(const auto address, address_in(command));
    STRATA_TRY(const auto peer, host.dial(address));
    return json{{"peer", peer.to_string()}};
}

Result<json> perf(Host& host, const json& command) {
    STRATA_TRY(const auto peer, PeerId::parse(command.value("peer", "")));
    const auto up = command.value("up", std::uint64_t{0}), down = command.value("down", std::uint64_t{0});
    const auto times = testing::wait_for<testing::PerfTimes>(host, [&](Swarm& swarm, const auto& done) {
        const auto status = swarm.open(peer, {std::string(testing::kPerf)},
                                       std::make_unique<testing::PerfProbe>(up, down, done), swarm.now());
        if (!status) done(status.error());
    });
    if (!times) return times.error();
    return json{{"up_s", times->up.count()}, {"down_s", times->down.count()}};
}

bool disconnect(Host& host, const PeerId& peer) {
    return testing::wait_for<bool>(host,
                                   [&](Swarm& swarm, const auto& done) {
                                       swarm.disconnect(peer, swarm.now());
                                       done(true);
                                   })
        .has_value();
}

Status dial_often(std::uint64_t seed, const Multiaddr& address, std::size_t count) {
    const auto host = start(seed, {});
    for (std::size_t i = 0; i < count; ++i) {
        STRATA_TRY(const auto peer, host->dial(address));
        disconnect(*host, peer);
    }
    return {};
}

/// Complete connections, one after the other or by several peers at once.
Result<json> handshakes(const json& command) {
    STRATA_TRY(const auto address, address_in(command));
    const auto count = command.value("count", std::size_t{1}), parallel = command.value("parallel", std::size_t{1});
    const auto begin = Clock::now();
    std::vector<std::future<Status>> all;
    for (std::size_t i = 0; i < parallel; ++i)
        all.push_back(
            std::async(std::launch::async, [&, i] { return dial_often(100 + i, address, count / parallel); }));
    for (auto& one : all) STRATA_OK(one.get());
    const std::chrono::duration<double> took = Clock::now() - begin;
    return json{{"per_second", static_cast<double>(count) / took.count()}};
}

Result<json> open(std::vector<std::unique_ptr<Host>>& hosts, const json& command) {
    STRATA_TRY(const auto address, address_in(command));
    for (std::size_t i = 0; i < command.value("count", std::size_t{1}); ++i) {
        hosts.push_back(start(1'000 + hosts.size(), {}));
        STRATA_OK(hosts.back()->dial(address));
    }
    return json{{"open", hosts.size()}};
}

int run() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    std::vector<std::unique_ptr<Host>> others;
    const auto host = start(1, {Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()});
    std::cout << json{{"event", "ready"},
                      {"peer", host->id().to_string()},
                      {"addrs", {host->addresses()[0].to_string()}}}
                     .dump()
              << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        const auto command = json::parse(line, nullptr, /*allow_exceptions=*/false);
        const std::string name = command.is_object() ? command.value("cmd", "") : "";
        if (name == "quit") break;
        Result<json> done =
            fail(Errc::unsupported, "the command is " + name + ", expected dial, perf, handshakes or open");
        if (name == "dial") done = dial(*host, command);
        if (name == "perf") done = perf(*host, command);
        if (name == "handshakes") done = handshakes(command);
        if (name == "open") done = open(others, command);
        json answer = done ? *done : json{{"error", done.error().message()}};
        answer["event"] = "answer";
        answer["cmd"] = name;
        answer["ok"] = done.has_value();
        std::cout << answer.dump() << std::endl;
    }
    return 0;
}

}  // namespace
}  // namespace strata::net

int main() {
    return strata::net::run();
}
