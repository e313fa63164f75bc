// Measures a node whose peers are slow, silent and hostile while it executes a tipset that takes ten seconds: how long
// the gossip door and the API take to answer meanwhile, and how much memory the process gains. The goals are 50 ms for
// a verdict of gossip, 200 ms for an answer of the API, and memory that does not grow with the junk.
//
// The counters of the benchmark are in milliseconds and MiB. `slow_s` is the duration of the slow tipset; a small value
// reveals a run in which nothing was slow.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include <strata/api/service.hpp>
#include <strata/chain/test_nodes.hpp>

namespace strata::api {
namespace {

using chain::FullBlock, chain::LocalChain, chain::testing::Nodes, chain::testing::TestPeer, chain::testing::TestPeers;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kJunkBlocks = 10'000;
constexpr std::size_t kSilentPeers = 16;
constexpr std::chrono::seconds kSlowRead{10};

/// Passes everything on, except that the first read of one block takes ten seconds. Other reads do not wait for it.
class SlowStore final : public Blockstore {
  public:
    explicit SlowStore(Blockstore& base) : base_(base) {}
    /// Chooses the slow block. Call this before several threads use the store.
    void slow_down(const Cid& cid) { slow_ = cid; }
    Result<Bytes> get(const Cid& cid) override {
        if (cid == slow_ && !was_slow_.exchange(true)) std::this_thread::sleep_for(kSlowRead);
        return base_.get(cid);
    }
    Result<bool> has(const Cid& cid) override { return base_.has(cid); }
    Result<Cid> put(Codec codec, BytesView data) override { return base_.put(codec, data); }
    Status put_block(const Cid& cid, BytesView data) override { return base_.put_block(cid, data); }

  private:
    Blockstore& base_;
    Cid slow_;
    std::atomic<bool> was_slow_ = false;
};

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double resident_mib() {
    std::size_t total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

struct Times {
    std::vector<double> all;
    double quantile(double rank) {
        if (all.empty()) return 0;
        std::ranges::sort(all);
        return all[static_cast<std::size_t>(rank * static_cast<double>(all.size() - 1))];
    }
};

BlockMsg gossip_of(const FullBlock& block) {
    BlockMsg out{block.header, {}, {}};
    for (const auto& message : block.messages.bls) out.bls_messages.push_back(message.cid());
    for (const auto& message : block.messages.secp) out.secp_messages.push_back(message.cid());
    return out;
}

/// Returns a hostile block: truncated or changed bytes, wrong signatures, unknown parents, far epochs.
Bytes junk(const FullBlock& good, std::size_t number) {
    auto message = gossip_of(good);
    auto& header = message.header;
    header.fork_signaling = number;  // makes a CID that was not seen
    switch (number % 5) {
        case 0: {
            auto bytes = to_cbor(message);
            bytes.resize(bytes.size() / 2);
            return bytes;
        }
        case 1:
            header.block_sig->data[number % header.block_sig->data.size()] ^= 1;
            break;
        case 2:
            header.parents = {Cid::hash_of(Codec::dag_cbor, to_bytes(as_bytes(std::to_string(number))))};
            break;
        case 3:
            header.height += 100'000;
            break;
        default:
            header.miner = Address::id(number);
    }
    return to_cbor(message);
}

http::Request request(std::string_view method, std::string_view params) {
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"Filecoin.)" + std::string(method) + R"(","params":)" +
                             std::string(params) + "}";
    return {"POST", "/rpc/v1", {}, {}, to_bytes(as_bytes(body))};
}

/// Returns the head of the reward actor in a state: executing a tipset reads it, but checking a header does not.
Cid reward_state(LocalChain& node, const Cid& root) {
    auto tree = vm::StateTree::load(node.chain().blocks(), root).value();
    return tree.get(kRewardId).value()->head;
}

void node_under_load(benchmark::State& state) {
    Nodes nodes(2);
    std::vector<FullBlock> blocks;
    for (int i = 0; i < 4; ++i) blocks.push_back(nodes.extend(nodes[0]));
    nodes[1].node.reset();
    SlowStore store(nodes[1].blocks);
    store.slow_down(reward_state(*nodes[0], blocks[2].header.parent_state_root));
    const auto node = std::move(
        LocalChain::open(store, nodes[1].meta, nodes.network(), nodes.proofs(), nullptr, nodes.table()).value());
    TestPeers peers;
    peers.list.push_back(TestPeer::honest("honest", *nodes[0]));
    peers.list.push_back(TestPeer::stops_half_way("half", *nodes[0]));
    for (std::size_t i = 0; i < kSilentPeers; ++i)
        peers.list.push_back(TestPeer::silent("silent " + std::to_string(i)));
    node->syncer().set_source(peers);
    Service service(*node, {});
    const auto now = Nodes::time_of(blocks.back());

    for (auto _ : state) {
        const double before = resident_mib();
        std::atomic<bool> done = false;
        double slow_s = 0;
        std::jthread sync([&] {
            const auto start = Clock::now();
            for (std::size_t i = 0; i < kSilentPeers; ++i) {
                const auto name = std::to_string(i);
                const Cid unknown = Cid::hash_of(Codec::dag_cbor, to_bytes(as_bytes(name)));
                static_cast<void>(node->syncer().follow(TipsetKey({unknown}), "silent " + name, now).has_value());
            }
            for (const auto& block : blocks) static_cast<void>(node->receive_block(block, now, "honest").has_value());
            static_cast<void>(node->advance(now).has_value());
            slow_s = milliseconds_since(start) / 1000;
            done = true;
        });
        Times gossip, answers;
        std::jthread peer([&] {
            for (std::size_t i = 0; i < kJunkBlocks || !done; ++i) {
                const auto bytes = junk(blocks.back(), i);
                const auto start = Clock::now();
                static_cast<void>(node->door().check(bytes, now));
                gossip.all.push_back(milliseconds_since(start));
                // After the 10,000 blocks, continue more slowly until the slow tipset is done.
                if (i >= kJunkBlocks) std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        });
        std::jthread client([&] {
            const std::array calls{request("ChainHead", "[]"), request("StateGetActor", R"(["f02",[]])"),
                                   request("MpoolPending", "[[]]"), request("StateMinerPower", R"(["f01000",[]])")};
            for (std::size_t i = 0; !done; ++i) {
                const auto start = Clock::now();
                static_cast<void>(service.handle(calls[i % calls.size()]));
                answers.all.push_back(milliseconds_since(start));
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        });
        sync.join();
        peer.join();
        client.join();
        state.counters["slow_s"] = slow_s;
        state.counters["head"] = static_cast<double>(node->head()->height());
        state.counters["gossip_ms_p99"] = gossip.quantile(0.99);
        state.counters["gossip_ms_max"] = gossip.quantile(1);
        state.counters["gossip_blocks"] = static_cast<double>(gossip.all.size());
        state.counters["api_ms_p99"] = answers.quantile(0.99);
        state.counters["api_ms_max"] = answers.quantile(1);
        state.counters["api_calls"] = static_cast<double>(answers.all.size());
        state.counters["gained_mib"] = resident_mib() - before;
    }
}
BENCHMARK(node_under_load)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace strata::api
