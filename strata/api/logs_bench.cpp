// Measures eth_getLogs over 2,000 epochs of an index with many events: a request in the form of JSON in, an answer in
// the form of JSON out, without HTTP. The goal is 50 ms. A network of `few` has 4 logs an epoch, so that an answer
// without a filter stays below the 10,000 logs that one may have; one of `many` has 100 an epoch.
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include <strata/api/json.hpp>
#include <strata/api/service.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/executed_tipset.hpp>
#include <strata/chain/test_fake_chain.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/testing/temp_folder.hpp>

#include <strata/index/chain_index.hpp>

namespace strata::api {
namespace {

constexpr ChainEpoch kEpochs = 2'200;  // more than the 2,000 that are asked for
constexpr std::size_t kLogsOfMessage = 4;
constexpr std::size_t kContracts = 50;
constexpr std::size_t kKinds = 10;  // values of the first topic

Address contract(std::size_t number) {
    Bytes bytes(20, 0x11);
    bytes[19] = static_cast<std::uint8_t>(number);
    return Address::delegated(kEamId, bytes);
}
std::string contract_text(std::size_t number) {
    return "0x" + to_hex(contract(number).subaddress());
}
Bytes kind(std::size_t number) {
    return to_bytes(crypto::blake2b_256(Bytes{static_cast<std::uint8_t>(number)}));
}
Bytes word(std::uint64_t value) {
    Bytes out(32);
    store_be(out.data() + 24, value);
    return out;
}

/// A chain and its index, with this number of logs in each epoch. Each log is like a token's transfer: three topics and
/// a word.
class Chain {
  public:
    explicit Chain(std::size_t logs) {
        index = std::move(
            index::ChainIndex::open(folder / "index", chain.genesis()->cids()[0], chain.net.chain_id).value());
        STRATA_CHECK(index->apply(*chain.genesis(), {}, std::nullopt, {}).has_value());
        chain::ExecutedTipset parent{.tipset = chain.genesis(), .state_root = {}, .messages = {}, .receipts = {}};
        std::vector<chain::TipsetEvent> events;
        std::uint64_t made = 0;
        for (ChainEpoch epoch = 1; epoch <= kEpochs; ++epoch) {
            const auto tipset = chain.extend(epoch);
            std::vector<SignedMessage> messages;
            std::vector<chain::TipsetEvent> emitted;
            for (std::size_t i = 0; i < logs; ++i) {
                if (i % kLogsOfMessage == 0) messages.push_back(message(static_cast<Nonce>(made)));
                emitted.push_back(event(messages.size() - 1, i, made++));
            }
            STRATA_CHECK(index->apply(*tipset, messages, parent, events).has_value());
            parent = {.tipset = tipset, .state_root = {}, .messages = std::move(messages), .receipts = {}};
            events = std::move(emitted);
        }
        index->set_bottom(0);
        Options options;
        options.index = index.get();
        service = std::make_unique<Service>(chain, options);
    }

    chain::testing::FakeChain chain;
    strata::testing::TempFolder folder;
    std::unique_ptr<index::ChainIndex> index;
    std::unique_ptr<Service> service;

  private:
    SignedMessage message(Nonce nonce) {
        SignedMessage out;
        out.message.from = Address::id(100);
        out.message.to = contract(nonce % kContracts);
        out.message.nonce = nonce;
        out.signature = {Signature::Type::secp256k1, Bytes(65, 1)};
        STRATA_CHECK(put_cbor(chain.store, out).has_value());
        return out;
    }
    static chain::TipsetEvent event(std::size_t message, std::uint64_t number, std::uint64_t made) {
        const auto entry = [](const char* key, Bytes value) {
            return vm::EventEntry{.flags = 3, .key = key, .codec = Codec::raw, .value = std::move(value)};
        };
        return {.message = message,
                .number = number,
                .emitter = 1000 + made % kContracts,
                .address = contract(made % kContracts),
                .entries = {entry("t1", kind(made % kKinds)), entry("t2", word(made % 97)),
                            entry("t3", word(made % 89)), entry("d", word(made))}};
    }
};

Chain& few() {
    static Chain chain(4);
    return chain;
}
Chain& many() {
    static Chain chain(100);
    return chain;
}

void ask(benchmark::State& state, Chain& chain, Json filter) {
    filter["fromBlock"] = "0x64";  // 100 to 2,099
    filter["toBlock"] = "0x833";
    const Json call{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_getLogs"}, {"params", Json::array({filter})}};
    const http::Request request{"POST", "/rpc/v1", {}, {}, to_bytes(as_bytes(call.dump()))};
    std::string answer;
    for (auto _ : state) {
        auto response = http::await_answer(chain.service->handle(request));
        answer = as_text(std::get<Bytes>(response.body));
    }
    const auto parsed = Json::parse(answer);
    if (!parsed.contains("result")) return state.SkipWithError(answer.substr(0, 200).c_str());
    state.counters["logs"] = static_cast<double>(parsed["result"].size());
    state.counters["MiB"] = static_cast<double>(answer.size()) / (1 << 20);
}

Json address() {
    return {{"address", contract_text(7)}};
}
Json topic() {
    return {{"topics", {"0x" + to_hex(kind(3)), nullptr, "0x" + to_hex(word(13))}}};
}
Json both() {
    Json out = address();
    out["topics"] = {nullptr, "0x" + to_hex(word(5))};
    return out;
}

void few_all(benchmark::State& state) {
    ask(state, few(), Json::object());
}
void few_by_address(benchmark::State& state) {
    ask(state, few(), address());
}
void few_by_topic(benchmark::State& state) {
    ask(state, few(), topic());
}
void many_by_address(benchmark::State& state) {
    ask(state, many(), address());
}
void many_by_topics(benchmark::State& state) {
    ask(state, many(), topic());
}
void many_by_both(benchmark::State& state) {
    ask(state, many(), both());
}
BENCHMARK(few_all)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(few_by_address)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(few_by_topic)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(many_by_address)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(many_by_topics)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(many_by_both)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace strata::api
