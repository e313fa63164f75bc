// Runs hostile peers against the nodes of a network for some time: hostile_peers COUNT SECONDS NETWORK GENESIS HEAD
// ADDRESS..., each address with /p2p/. STRATA_ATTACKS names the attacks to be run, separated by commas (default: all).
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <thread>

#include "attack.hpp"

namespace {

using namespace strata;
using hostile::Attack;
using hostile::World;

unsigned number_of(std::string_view text) {
    unsigned out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

std::vector<Attack> chosen_attacks() {
    auto all = hostile::attacks_on_connections();
    std::ranges::copy(hostile::attacks_on_protocols(), std::back_inserter(all));
    const char* named = std::getenv("STRATA_ATTACKS");  // NOLINT(concurrency-mt-unsafe): before the first thread
    if (named == nullptr || *named == '\0') return all;
    const auto list = "," + std::string(named) + ",";
    std::erase_if(all, [&](const Attack& attack) { return !list.contains("," + std::string(attack.name) + ","); });
    return all;
}

}  // namespace

int main(int count, char** words) {
    if (count < 7) {
        fmt::print(stderr, "hostile_peers COUNT SECONDS NETWORK GENESIS HEAD ADDRESS...\n");
        return 2;
    }
    const auto peers = number_of(words[1]);
    const auto seconds = number_of(words[2]);
    World world;
    world.network = words[3];
    world.genesis = Cid::parse(words[4]).value();
    world.head = {Cid::parse(words[5]).value()};
    for (int i = 6; i < count; ++i) world.targets.push_back(net::Multiaddr::parse(words[i]).value());
    const auto attacks = chosen_attacks();
    if (attacks.empty()) {
        fmt::print(stderr, "STRATA_ATTACKS names no attack\n");
        return 2;
    }
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < peers; ++i)
        threads.emplace_back([&world, attack = attacks[i % attacks.size()], i] { attack.run(world, i); });
    for (unsigned i = 0; i < seconds; ++i) std::this_thread::sleep_for(std::chrono::seconds(1));
    world.stop = true;
    threads.clear();
    fmt::print("{} peers, {} kinds of attack, {} connections, {} refused, {} MiB sent\n", peers, attacks.size(),
               world.connections.load(), world.refused.load(), world.bytes.load() >> 20);
    return 0;
}
