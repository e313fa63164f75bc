#pragma once
// Our API over the chains that Lotus 1.36.2 recorded, so that a test can compare its answers with those of Lotus
// (tests/vectors/lotus-devnet/*/api_samples.json).
#include <gtest/gtest.h>

#include <strata/api/json.hpp>
#include <strata/api/service.hpp>
#include <strata/api/test_params.hpp>
#include <strata/chain/test_fake_chain.hpp>
#include <strata/chain/test_recorded_node.hpp>

namespace strata::api::testing {

/// Asks a service without HTTP.
class Asker {
  public:
    Asker(chain::Chain& chain, chain::BeaconSource* beacon) : service_(chain, options(beacon)) {}
    Asker(chain::Chain& chain, Options options) : service_(chain, std::move(options)) {}

    Json answer(const std::string& method, const Params& params, const std::string& path = "/rpc/v1") {
        const Json call{{"jsonrpc", "2.0"},
                        {"id", 1},
                        {"method", method.contains('_') ? method : "Filecoin." + method},
                        {"params", params.list}};
        auto response = http::await_answer(service_.handle({"POST", path, {}, {}, to_bytes(as_bytes(call.dump()))}));
        return Json::parse(as_text(std::get<Bytes>(response.body)));
    }
    Json result(const std::string& method, const Params& params, const std::string& path = "/rpc/v1") {
        const auto got = answer(method, params, path);
        if (!got.contains("result")) ADD_FAILURE() << method << " " << params.list << ": " << got;
        return got.value("result", Json());
    }
    int code(const std::string& method, const Params& params, const std::string& path = "/rpc/v1") {
        const auto got = answer(method, params, path);
        return got.contains("error") ? got["error"]["code"].get<int>() : 0;
    }
    std::string error(const std::string& method, const Params& params, const std::string& path = "/rpc/v1") {
        const auto got = answer(method, params, path);
        return got.contains("error") ? got["error"]["message"].get<std::string>() : "no error: " + got.dump();
    }

  private:
    static Options options(chain::BeaconSource* beacon) {
        Options out;
        out.beacon = beacon;
        return out;
    }
    Service service_;
};

struct RecordedApi {
    explicit RecordedApi(const std::string& name) : lotus(name), api(*lotus.node, lotus.beacon.get()) {}

    chain::testing::RecordedNode lotus;
    Asker api;
    /// The parameter that names the head's tipset.
    Json head() const {
        Json out = Json::array();
        for (const auto& cid : lotus.head->cids()) out.push_back({{"/", cid.to_string()}});
        return out;
    }
};

/// The chains are loaded once for a test program.
inline RecordedApi& recorded(const std::string& name) {
    static std::map<std::string, std::unique_ptr<RecordedApi>> loaded;
    auto& one = loaded[name];
    if (!one) one = std::make_unique<RecordedApi>(name);
    return *one;
}
inline const std::vector<std::string> kRecorded = {"real", "long"};

/// Compares all answers of Lotus to these methods, results and errors, with our answers. There must be at least one
/// sample of each method.
inline void expect_answers_of_lotus(const std::vector<std::string>& methods) {
    for (const auto& name : kRecorded) {
        auto& one = recorded(name);
        for (const auto& method : methods) {
            int compared = 0;
            for (const auto& sample : one.lotus.samples) {
                if (sample["method"] != method) continue;
                // MsigGetVested was asked when Lotus' head was above the recorded one (docs/known_gaps.md).
                if (method == "MsigGetVested" && sample["params"][1] == Json::array()) continue;
                const char* member = sample.contains("error") ? "error" : "result";
                const auto got = one.api.answer(method, Json::parse(sample["params"].dump()));
                EXPECT_EQ(got.value(member, Json()), Json::parse(sample[member].dump()))
                    << name << " " << method << " " << sample["params"] << "\n"
                    << got;
                ++compared;
            }
            EXPECT_GT(compared, 0) << name << " has no sample of " << method;
        }
    }
}

}  // namespace strata::api::testing
