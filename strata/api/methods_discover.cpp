// Lists the methods of the API in the form of OpenRPC. Source: spec.open-rpc.org 1.2.6; lotus
// node/impl/common/common.go, build/openrpc.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>

namespace strata::api {
namespace {

const char* cost_name(Cost cost) {
    switch (cost) {
        case Cost::cheap:
            return "cheap";
        case Cost::expensive:
            return "expensive";
        case Cost::slow:
            return "slow";
    }
    return "slow";
}

/// The document has names and numbers of parameters, but not their types.
Result<Text> discover(Context& context) {
    auto methods = context.list();
    for (const auto& method : context.table.described()) {
        if (!method.name.starts_with("Filecoin.")) continue;  // Lotus' document has no aliases
        Json params = Json::array();
        for (std::size_t i = 1; i <= method.params; ++i)
            params.push_back({{"name", "p" + std::to_string(i)},
                              {"schema", Json::object()},
                              {"required", i <= method.needed},
                              {"deprecated", false}});
        std::string summary = "needs the permission " + std::string(permission_name(method.needs));
        if (!method.refusal.empty()) summary += "; refused: " + method.refusal;
        STRATA_OK(methods.add({{"name", method.name},
                               {"summary", std::move(summary)},
                               // A field of our own (spec.open-rpc.org, "Specification Extensions").
                               {"x-cost", cost_name(context.table.cost_of(method.name))},
                               {"paramStructure", "by-position"},
                               {"params", std::move(params)},
                               {"result", {{"name", "result"}, {"schema", Json::object()}}},
                               {"deprecated", false}}));
    }
    const Json info{{"title", "Lotus RPC API"}, {"version", context.options.version}};
    return Text{R"({"openrpc":"1.2.6","info":)" + text_of(info) + R"(,"methods":)" + std::move(methods).finish().json +
                "}"};
}

}  // namespace

void add_discover_methods(MethodTable& table) {
    table.add("Discover", discover);
    table.alias("rpc.discover", "Discover");  // OpenRPC's own name. Source: lotus node/rpc.go
}

}  // namespace strata::api
