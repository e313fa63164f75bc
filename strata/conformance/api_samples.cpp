#include <strata/conformance/api_samples.hpp>

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <strata/api/service.hpp>
#include <strata/chain/network.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/recorded_chain.hpp>
#include <strata/index/follower.hpp>

namespace strata::conformance {
namespace {

/// Removes the parts of an answer that are about the program, not about the chain.
void leave_out_program(const std::string& method, Json& result) {
    if (method == "web3_clientVersion" && result.is_string()) result = "a string";
    if (method != "Version" || !result.is_object()) return;
    result.erase("Version");
    result.erase("Agent");
}

/// Returns the reason why a sample cannot be compared here; empty if it can.
std::string not_comparable(const Json& sample) {
    // An empty tipset key means the head. When Lotus was asked, its head was a later tipset, which is not recorded.
    if (sample["method"] == "MsigGetVested" && sample["params"][1] == Json::array())
        return "the sample is about the head at the time of asking, which is not recorded";
    return {};
}

/// A complete index of a recorded chain, in a file that the destructor removes.
class TemporaryIndex {
  public:
    TemporaryIndex() = default;
    TemporaryIndex(const TemporaryIndex&) = delete;
    TemporaryIndex& operator=(const TemporaryIndex&) = delete;
    ~TemporaryIndex() {
        index_.reset();
        std::error_code ignored;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    }
    Status build(chain::Chain& chain) {
        std::string name = std::filesystem::temp_directory_path() / "strata_samples_XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) return fail(Errc::io, "there is no place for the index in " + name);
        folder_ = name;
        STRATA_TRY(index_, index::ChainIndex::open(folder_ / "index.sqlite", chain.genesis()->cids().front(),
                                                   chain.network().chain_id));
        STRATA_OK(index::follow(chain, *index_));
        STRATA_OK(index::extend_down(chain, *index_, UINT64_MAX));
        return {};
    }
    index::ChainIndex* get() const { return index_.get(); }

  private:
    std::filesystem::path folder_;
    std::unique_ptr<index::ChainIndex> index_;
};

class Asker {
  public:
    Asker(RecordedChain& chain, const TemporaryIndex& index)
        : service_(chain.node(), options(chain, index)), methods_(service_.methods()) {}

    /// Sends the request of a sample to our API and compares the answer, or the error, with that of Lotus.
    void ask(const Json& sample, const std::string& name, Report& report) {
        const std::string method = sample.value("method", std::string());
        if (std::ranges::find(methods_, full_name(method)) == methods_.end())
            return report.skip(name, "the method is not offered (docs/known_gaps.md)");
        if (const auto why = not_comparable(sample); !why.empty()) return report.skip(name, why);
        Json expected = sample.contains("error") ? sample["error"] : sample["result"];
        Json got = answer(method, sample["params"], sample.contains("error") ? "error" : "result");
        leave_out_program(method, expected);
        leave_out_program(method, got);
        report.expect(got == expected, name,
                      "got " + got.dump().substr(0, 600) + ", expected " + expected.dump().substr(0, 600));
    }

  private:
    /// Returns the name of a method with its prefix; Ethereum's methods have none.
    static std::string full_name(const std::string& method) {
        return method.contains('_') ? method : "Filecoin." + method;
    }
    static api::Options options(RecordedChain& chain, const TemporaryIndex& index) {
        api::Options out;
        out.beacon = &chain.beacon();
        out.index = index.get();
        return out;
    }

    /// Returns the member of the answer, or the complete answer if it does not have that member.
    Json answer(const std::string& method, const Json& params, const char* member) {
        const Json request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", full_name(method)}, {"params", params}};
        const http::Request post{"POST", "/rpc/v1", {}, {}, to_bytes(as_bytes(request.dump()))};
        const auto response = http::await_answer(service_.handle(post));
        const auto* body = std::get_if<Bytes>(&response.body);
        Json json = body == nullptr ? Json() : Json::parse(as_text(*body), nullptr, false);
        return json.is_object() && json.contains(member) ? json[member] : json;
    }

    api::Service service_;
    std::vector<std::string> methods_;
};

/// Returns a name like "017 StateMinerInfo [...]".
std::string name_of(std::size_t index, const Json& sample) {
    std::string number = std::to_string(index);
    number.insert(0, 3 - std::min<std::size_t>(number.size(), 3), '0');
    return number + " " + sample.value("method", std::string()) + " " +
           sample.value("params", Json()).dump().substr(0, 60);
}

class ApiSamples final : public Suite {
  public:
    std::string_view name() const override { return "lotus api samples"; }
    bool recognises(const VectorFile& file) const override { return file.name().starts_with("api_samples.json"); }
    void run(const VectorFile& file, Report& report) const override {
        const auto json = parse_json(file);
        if (!json.is_object() || !json.contains("samples") || !json["samples"].is_array())
            return report.fail("samples", "the file has no list of samples");
        const auto chain = RecordedChain::open(file.path().parent_path());
        if (!chain) return report.fail("chain", chain.error().message());
        const ChainEpoch height = (*chain)->node().head()->height();
        const ChainEpoch sampled = json.value("epoch", ChainEpoch{-1});
        report.expect(height == sampled, "the head is the sampled tipset",
                      "the head is at epoch " + std::to_string(height) + ", expected " + std::to_string(sampled));
        TemporaryIndex of_chain;
        if (const auto built = of_chain.build((*chain)->node()); !built)
            return report.fail("index", built.error().message());
        Asker asker(**chain, of_chain);
        std::size_t index = 0;
        for (const auto& sample : json["samples"]) {
            const auto name = name_of(index++, sample);
            if (!sample.is_object() || !sample.contains("params") ||
                !(sample.contains("result") || sample.contains("error")))
                report.fail(name, "the entry has no params, or neither a result nor an error");
            else
                asker.ask(sample, name, report);
        }
    }
};

}  // namespace

const Suite& api_samples() {
    static const ApiSamples suite;
    return suite;
}

}  // namespace strata::conformance
