// Our bitswap server and the client of boxo 0.41 over TCP, with the prefix of Lotus. STRATA_GO_BITSWAP names a program
// that is given an address and CIDs, and prints {"event":"block","cid":…,"data":HEX} or "error" for each.
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/net/host.hpp>
#include <strata/p2p/bitswap_server.hpp>

#include "stranger.hpp"

namespace strata::p2p {
namespace {

constexpr interop::Stranger kBoxo{"boxo", "STRATA_GO_BITSWAP"};

TEST(GoBitswap, boxo_gets_blocks_of_all_sizes) {
    if (!kBoxo.path()) GTEST_SKIP() << "STRATA_GO_BITSWAP is not set: it is the path of a client of boxo's bitswap";
    std::map<Cid, Bytes> blocks;
    for (const std::size_t size : {1U, 1'000U, 100'000U, 1'000'000U}) {
        Bytes data(size, static_cast<std::uint8_t>(size));
        const auto cid = Cid::hash_of(Codec::dag_cbor, data);
        blocks[cid] = std::move(data);
    }
    std::unique_ptr<BitswapServer> server;  // outlives the host, whose thread uses it
    std::unique_ptr<net::Host> host;
    std::vector<std::string> arguments(1);
    for (const auto& [cid, data] : blocks) arguments.push_back(cid.to_string());
    arguments.push_back(Cid::hash_of(Codec::dag_cbor, Bytes{7, 7}).to_string());
    host = net::Host::start(
               net::PrivateKey::ed25519(ByteArray<32>{8}),
               {.listen = {net::Multiaddr::parse("/ip4/127.0.0.1/tcp/0").value()}},
               [&](net::Swarm& swarm) {
                   server = std::make_unique<BitswapServer>(
                       swarm,
                       [&](const Cid& cid) -> Result<std::optional<Bytes>> {
                           const auto it = blocks.find(cid);
                           if (it == blocks.end()) return std::optional<Bytes>();
                           return std::optional(it->second);
                       },
                       [&](const std::function<void()>& work) { host->post([work](net::Swarm&) { work(); }); });
               })
               .value();
    arguments[0] = host->addresses().at(0).to_string();
    interop::StrangePeer peer(kBoxo, arguments);
    for (const auto& [cid, data] : blocks) {
        const auto got = peer.next("block");
        ASSERT_TRUE(got.is_object());
        EXPECT_EQ(got.value("cid", ""), cid.to_string());
        EXPECT_TRUE(got.value("data", "") == to_hex(data)) << data.size() << " bytes; " << got.value("error", "");
    }
    const auto none = peer.next("block");
    ASSERT_TRUE(none.is_object());
    EXPECT_TRUE(none.contains("error")) << "nobody has this one";
    EXPECT_EQ(peer.wait(), 0);
}

}  // namespace
}  // namespace strata::p2p
