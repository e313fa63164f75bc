#include <strata/wasm/bundle_search.hpp>

#include <algorithm>

namespace strata::wasm {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEndings[] = {".car", ".car.zst", ".car.gz", ".tar", ".tar.zst", ".tar.gz", ".tgz"};
constexpr std::string_view kOfficial = "builtin-actors-";

bool may_be_bundle(const fs::path& path) {
    const std::string name = path.filename();
    return std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
}

Result<std::vector<fs::path>> files_below(const fs::path& folder) {
    std::error_code error;
    std::error_code ignored;  // a link that leads nowhere is not a file, and does not end the search
    std::vector<fs::path> out;
    fs::recursive_directory_iterator it(folder, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error))
        if (may_be_bundle(it->path()) && it->is_regular_file(ignored)) out.push_back(it->path());
    if (error) return fail(Errc::io, "cannot read the folder " + folder.string() + ": " + error.message());
    std::ranges::sort(out, {}, [](const fs::path& path) {
        return std::pair(!path.filename().string().starts_with(kOfficial), path.string());
    });
    return out;
}

}  // namespace

Result<FoundBundles> find_bundles(const fs::path& place, const std::vector<Cid>& manifests) {
    std::error_code error;
    const bool is_folder = fs::is_directory(place, error);
    if (!is_folder && !fs::exists(place, error))
        return fail(Errc::not_found, "there is no file or folder " + place.string());
    std::vector<fs::path> files{place};
    if (is_folder) {
        STRATA_TRY(files, files_below(place));
    }
    FoundBundles out;
    for (const auto& file : files) {
        if (out.by_manifest.size() == manifests.size()) break;
        auto bundles = read_bundles(file);
        if (!bundles && !is_folder) return bundles.error();
        if (!bundles) {
            out.unreadable.push_back(bundles.error().message());
            continue;
        }
        out.bundles += bundles->size();
        for (auto& [network, bundle, car] : *bundles)
            if (const Cid name = bundle.manifest_data; std::ranges::find(manifests, name) != manifests.end())
                out.by_manifest.try_emplace(name, std::make_shared<const Bundle>(std::move(bundle)));
    }
    return out;
}

}  // namespace strata::wasm
