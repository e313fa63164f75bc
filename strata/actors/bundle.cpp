#include <strata/actors/bundle.hpp>

#include <algorithm>

#include <strata/actors/bundle_codes.hpp>
#include <strata/actors/policy.hpp>
#include <strata/vm/generation.hpp>

namespace strata::actors {
namespace {

constexpr ActorsVersion kFireHorseActors = 18;

const std::vector<Bundle>& bundles() {
    static const std::vector<Bundle> all = [] {
        std::vector<Bundle> out;
        for (const auto& known : bundle_codes()) {
            auto& bundle = out.emplace_back(Bundle{
                .name = known.name, .version = known.version, .root = Cid::constant(known.root), .manifest = {}});
            for (std::size_t i = 0; i < known.codes.size(); ++i)  // the types count from 1
                bundle.manifest.add(static_cast<vm::ActorType>(i + 1), Cid::constant(known.codes.at(i)));
        }
        return out;
    }();
    return all;
}

}  // namespace

std::optional<ActorsVersion> actors_of(NetworkVersion version) {
    if (version < kGoldenWeek || version > kSolstice) return std::nullopt;
    return vm::actors_version_of(version);
}

const Bundle* find_bundle(ActorBundle name, ActorsVersion version) {
    const auto at = std::ranges::find_if(
        bundles(), [&](const Bundle& bundle) { return bundle.name == name && bundle.version == version; });
    return at == bundles().end() ? nullptr : &*at;
}

const Bundle* bundle_with(const Cid& code) {
    static const std::map<Cid, const Bundle*> by_code = [] {
        std::map<Cid, const Bundle*> out;
        for (const auto& bundle : bundles())
            for (const auto& [type, cid] : bundle.manifest.codes)
                if (type != vm::ActorType::placeholder) out.emplace(cid, &bundle);
        return out;
    }();
    const auto at = by_code.find(code);
    return at == by_code.end() ? nullptr : at->second;
}

const Policy& policy_of(ActorBundle name) {
    switch (name) {
        case ActorBundle::mainnet:
            return mainnet_policy();
        case ActorBundle::calibnet:
            return calibnet_policy();
        case ActorBundle::butterflynet:
            return butterflynet_policy();
        case ActorBundle::devnet:
            break;
    }
    return devnet_policy();
}

const vm::Manifest& devnet_bundle() {
    const auto* const bundle = find_bundle(ActorBundle::devnet, kFireHorseActors);
    STRATA_CHECK(bundle != nullptr);
    return bundle->manifest;
}

Result<Cid> store_manifest_data(Blockstore& store, const vm::Manifest& bundle) {
    std::vector<std::pair<std::string, Cid>> entries;
    for (const auto& [type, code] : bundle.codes) entries.emplace_back(vm::actor_type_name(type), code);
    return put_cbor(store, entries);
}

}  // namespace strata::actors
