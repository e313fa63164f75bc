#include <strata/cli/actors_option.hpp>

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/actors/bundle.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNative = "native";
constexpr const char* kWasm = "wasm";

fs::path imported_bundles() {
    return cache_folder() / "bundles";
}

// The release pages of builtin-actors have the files; Lotus has the same ones in build/actors/vN.tar.zst.
Error bring(std::string_view files, std::string_view option) {
    return fail(Errc::invalid_argument,
                fmt::format("--actors wasm: the code of the official actors is not here; bring {} (a file of the "
                            "releases of github.com/filecoin-project/builtin-actors, or an archive build/actors/"
                            "vN.tar.zst of Lotus), and name it with {}, or keep it for good with \"strata bundle "
                            "import FILE\"",
                            files, option));
}

Status check_native(const ActorsOption& option, std::string_view name) {
    if (option.actors != kNative || option.bundle.empty()) return {};
    return fail(Errc::invalid_argument, fmt::format("--actors native and {} exclude each other: leave out one of the "
                                                    "two",
                                                    name));
}

}  // namespace

void add_actors_option(CLI::App& verb, ActorsOption& option) {
    verb.add_option("--actors", option.actors,
                    "native: the actors of this program; wasm: the official ones (default: wasm if bundles are named, "
                    "else native)")
        ->check(CLI::IsMember({kNative, kWasm}));
}

void add_actors_options(CLI::App& verb, ActorsOption& option) {
    add_actors_option(verb, option);
    verb.add_option("--bundle", option.bundle,
                    "bundle of the official devnet actors, which then run as WASM (default for --actors wasm: the one "
                    "that was imported)");
}

Result<fs::path> chosen_bundle(const ActorsOption& option) {
    STRATA_OK(check_native(option, "--bundle"));
    if (!option.bundle.empty()) {
        STRATA_OK(check_regular_file("--bundle", option.bundle));
        return option.bundle;
    }
    if (option.actors != kWasm) return fs::path();
    const auto version = actors::actors_of(kNewestGenesis);
    const auto* const known = actors::find_bundle(actors::ActorBundle::devnet, version.value_or(0));
    STRATA_CHECK(known != nullptr);
    auto kept = imported_bundles() / known->root.to_string() / "builtin-actors-devnet.car";
    std::error_code ignored;
    if (!fs::exists(kept, ignored))
        return bring(fmt::format("builtin-actors-devnet.car of actors v{}", *version), "--bundle FILE");
    return kept;
}

Result<fs::path> chosen_bundles(const ActorsOption& option) {
    STRATA_OK(check_native(option, "--bundles"));
    if (!option.bundle.empty() || option.actors != kWasm) return option.bundle;
    std::error_code ignored;
    if (!fs::is_directory(imported_bundles(), ignored))
        return bring("builtin-actors-NETWORK.car of each actors version of the chain", "--bundles FOLDER");
    return imported_bundles();
}

}  // namespace strata::cli
