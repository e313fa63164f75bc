#pragma once
// Gives the tests of verbs a node whose answers are fixed. Method names and shapes: docs/protocol/node.md §28; the
// codes of errors: §28.3.
#include <cstdlib>

#include <nlohmann/json.hpp>

#include <strata/api/json.hpp>
#include <strata/base/mutex.hpp>
#include <strata/cli/test_program.hpp>
#include <strata/http/server.hpp>

namespace strata::cli::testing {

using api::Json;

inline constexpr const char* kAddress = "t1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epxba";
inline constexpr const char* kCid = "bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2";

/// A node that answers each method with a fixed result, and remembers the calls.
class ScriptedNode : public Program {
  protected:
    void SetUp() override {
        unsetenv("FULLNODE_API_INFO");
        results_["StateNetworkName"] = "testnetnet";
        auto started =
            http::Server::start("127.0.0.1", 0, [this](const http::Request& request) { return answer(request); });
        ASSERT_TRUE(started) << started.error().message();
        server_ = std::move(*started);
    }
    void TearDown() override { unsetenv("FULLNODE_API_INFO"); }
    std::string url() const { return server_->url(); }

    Ran ask(std::vector<std::string> words) const {
        words.insert(words.end(), {"--api", url(), "--token", "a.b.c"});
        return strata_says(std::move(words));
    }
    /// The parameters of the last call of a method; null if there was none.
    Json called(const std::string& method) {
        const Lock lock(mutex_);
        return calls_.contains(method) ? calls_[method] : Json();
    }

    std::map<std::string, Json> results_;
    std::map<std::string, Json> refusals_;
    std::string status_ = "{}";
    std::string authorization_;

  private:
    http::Response answer(const http::Request& request) {
        if (request.path.starts_with("/health/")) return http::json_response(200, status_);
        const auto call = Json::parse(as_text(request.body));
        const auto method = call["method"].get<std::string>().substr(std::string("Filecoin.").size());
        const Lock lock(mutex_);
        authorization_ = std::string(request.header("authorization"));
        calls_[method] = call["params"];
        Json out{{"jsonrpc", "2.0"}, {"id", call["id"]}};
        if (refusals_.contains(method)) {
            out["error"] = refusals_[method];
        } else if (results_.contains(method)) {
            out["result"] = results_[method];
        } else {
            out["error"] = {{"code", -32601}, {"message", "method 'Filecoin." + method + "' not found"}};
        }
        return http::json_response(200, out.dump());
    }

    Mutex mutex_;
    std::map<std::string, Json> calls_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace strata::cli::testing
