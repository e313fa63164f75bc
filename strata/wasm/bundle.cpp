#include <strata/wasm/bundle.hpp>

#include <fstream>

#include <strata/base/files.hpp>
#include <strata/base/tar.hpp>
#include <strata/base/unpack.hpp>
#include <strata/base/varint.hpp>
#include <strata/ipld/car.hpp>

namespace strata::wasm {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kManifestVersion = 1;
constexpr std::string_view kPrefix = "builtin-actors-";
constexpr std::string_view kSuffix = ".car";
// Enough for the header of a CAR with a few roots.
constexpr std::size_t kHeaderSize = 4096;

struct BundleRoot {
    std::uint64_t version = 0;
    Cid manifest_data;
    STRATA_CBOR_TUPLE(version, manifest_data);
};
using ManifestData = std::vector<std::pair<std::string, Cid>>;

Result<Bytes> block(const std::map<Cid, Bytes>& blocks, const Cid& cid, std::string_view what) {
    const auto it = blocks.find(cid);
    if (it == blocks.end())
        return fail(Errc::missing_block, std::string(what) + " " + cid.to_string() + " is not in the CAR");
    return it->second;
}

// The mark of POSIX archives (ustar) and its place in the first header.
constexpr std::string_view kTarMark = "ustar";
constexpr std::size_t kTarMarkAt = 257;

bool is_tar(std::string_view text) {
    return text.size() > kTarMarkAt && text.substr(kTarMarkAt).starts_with(kTarMark);
}

bool is_car_name(const fs::path& path) {
    return path.filename().string().ends_with(kSuffix);
}

std::string network_of(const fs::path& path) {
    std::string name = path.filename();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return name;
    return name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
}

}  // namespace

Result<Bundle> Bundle::from_car(BytesView car) {
    std::map<Cid, Bytes> blocks;
    STRATA_TRY(const auto header, read_car(car, [&](const Cid& cid, BytesView data) -> Status {
                   blocks[cid] = to_bytes(data);
                   return {};
               }));
    if (header.roots.size() != 1)
        return fail(Errc::malformed,
                    "a bundle has one root, but the CAR has " + std::to_string(header.roots.size()) + " roots");
    Bundle out;
    out.root = header.roots[0];
    STRATA_TRY(const auto root_block, block(blocks, out.root, "the manifest"));
    STRATA_TRY(const auto root, from_cbor<BundleRoot>(root_block));
    if (root.version != kManifestVersion)
        return fail(Errc::unsupported,
                    "the manifest has version " + std::to_string(root.version) + ", expected version 1");
    out.manifest_data = root.manifest_data;
    STRATA_TRY(out.manifest_block, block(blocks, out.manifest_data, "the data of the manifest"));
    STRATA_TRY(const auto entries, from_cbor<ManifestData>(out.manifest_block));
    for (const auto& [name, code] : entries) {
        STRATA_TRY(const auto type, vm::actor_type_of(name));
        out.manifest.add(type, code);
        STRATA_TRY(out.codes[code], block(blocks, code, "the code of " + name));
    }
    return out;
}

Result<std::vector<BundleFile>> read_bundles(const fs::path& file) {
    STRATA_TRY(auto text, read_unpacked(file));
    std::vector<BundleFile> out;
    const auto add = [&](const fs::path& name, const std::string& car) -> Status {
        auto bundle = Bundle::from_car(as_bytes(car));
        if (!bundle) return std::move(bundle).error().with_context(file.string() + ": " + name.string());
        out.push_back({network_of(name), std::move(*bundle), car});
        return {};
    };
    if (!is_tar(text)) {
        // A CAR's name may end with that of its packing.
        STRATA_OK(add(is_car_name(file) ? file.filename() : file.stem(), text));
        return out;
    }
    for (const auto& [name, content] : files_of_tar(text))
        if (is_car_name(name)) STRATA_OK(add(name, content));
    if (out.empty()) return fail(Errc::not_found, file.string() + ": the archive holds no CAR");
    return out;
}

Result<fs::path> keep_bundle(const BundleFile& file, const fs::path& folder) {
    const fs::path place = folder / file.bundle.root.to_string();
    fs::path path = place / (std::string(kPrefix) + file.network + std::string(kSuffix));
    std::error_code ignored;
    if (fs::exists(path, ignored)) return path;
    STRATA_OK(make_folders(place));
    STRATA_OK(write_file(path, as_bytes(file.car)));
    return path;
}

Result<std::vector<BundlePath>> bundles_below(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) return fail(Errc::not_found, "there is no folder " + folder.string());
    std::vector<BundlePath> out;
    fs::recursive_directory_iterator it(folder, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        if (!is_car_name(it->path()) || !it->is_regular_file(error)) continue;
        std::string head(kHeaderSize, '\0');
        std::ifstream stream(it->path(), std::ios::binary);
        stream.read(head.data(), static_cast<std::streamsize>(head.size()));
        head.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
        // Only the header is looked at: a CAR of no blocks.
        BytesView rest = as_bytes(head);
        const auto size = take_uvarint(rest);
        if (!size || *size > rest.size()) continue;
        const auto header = read_car(as_bytes(head).first(head.size() - rest.size() + *size),
                                     [](const Cid&, BytesView) { return Status(); });
        if (header && !header->roots.empty()) out.push_back({it->path(), header->roots[0]});
    }
    if (error) return fail(Errc::io, "cannot read the folder " + folder.string() + ": " + error.message());
    std::ranges::sort(out, {}, &BundlePath::path);
    return out;
}

}  // namespace strata::wasm
