// Answers methods about the parameters of built-in actors. Source: lotus node/impl/full/state.go, chain/stmgr/utils.go.
#include <nlohmann/json.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/api/method_shapes.hpp>
#include <strata/api/method_table.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {
namespace {

Result<MethodShape> shape_of(std::string_view actor, const Cid& code, std::uint64_t method) {
    if (!actor.empty())
        if (const auto shape = method_shape(actor, code, method)) return *shape;
    return fail(Errc::not_found, "getting params type: unknown method " + std::to_string(method) + " for actor " +
                                     code.to_string() + ": actor metadata not found");
}

Result<Json> decode_params(Context& context, const Address& to, const std::uint64_t& method, const Bytes& params,
                           const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    auto actor = load_actor(context, view.state, to);
    if (!actor) return std::move(actor).error().with_context("getting actor");
    STRATA_TRY(const auto name, code_name(view.state, actor->code));
    STRATA_TRY(const auto shape, shape_of(name, actor->code, method));
    return json_of_shape(context.print, shape.params, params);
}

/// JSON whose form the method decides about.
struct AnyJson {
    Json json;
};
Status read(const Json& from, AnyJson& to) {
    to.json = from;
    return {};
}

/// Returns the name of an actor's code in the present state, or in an official bundle.
Result<std::string> name_of(Context& context, const Cid& code) {
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(auto name, code_name(view.state, code));
    if (!name.empty()) return name;
    const auto* const bundle = actors::bundle_with(code);
    return bundle == nullptr ? std::string() : std::string(vm::actor_type_name(bundle->manifest.type_of(code)));
}

Result<Json> encode_params(Context& context, const Cid& code, const std::uint64_t& method, const AnyJson& params) {
    STRATA_TRY(const auto name, name_of(context, code));
    STRATA_TRY(const auto shape, shape_of(name, code, method));
    auto encoded = cbor_of_shape(shape.params, params.json);
    if (!encoded)
        return std::move(encoded).error().with_context(
            encoded.error().code() == Errc::invalid_argument ? "cbor marshal" : "json unmarshal");
    return context.print.bytes_or_null(*encoded);
}

}  // namespace

void add_params_methods(MethodTable& table) {
    table.add("StateDecodeParams", decode_params);
    table.add("StateEncodeParams", encode_params);
}

}  // namespace strata::api
