#include <strata/node/snapshot.hpp>

#include <unistd.h>

#include <algorithm>

#include <strata/base/file_writer.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/sha256.hpp>
#include <strata/ipld/indexed_car.hpp>
#include <strata/ipld/indexed_car_writer.hpp>
#include <strata/node/chain_export.hpp>
#include <strata/store/repository.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInPlaceKey = "chain/snapshot";
// The room that a packed snapshot and its database need, as multiples of the file's size. A guess of ours: a large
// state consists mostly of hashes, which cannot be packed. Small chains with hundreds of states that are nearly the
// same unpack to more: those of tests/vectors/lotus-devnet to 6.4 and 7.0 times (zstd -l).
constexpr std::uint64_t kUnpackedRatio = 3;
constexpr std::uint64_t kSpareSpace = std::uint64_t{256} << 20;

struct InPlace {
    std::string path;
    std::uint64_t size = 0;
    STRATA_CBOR_TUPLE(path, size);
};

struct PublicNetwork {
    std::string_view name;
    std::string_view genesis;
};
constexpr PublicNetwork kPublic[] = {
    {"mainnet", "bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2"},
    {"calibnet", "bafy2bzacecyaggy24wol5ruvs6qm73gjibs2l2iyhcqmvi7r7a4ph7zx3yqd4"},
};

// Names the public network that begins with this genesis; empty if there is none.
std::string_view public_network_of(const Cid& genesis) {
    static const std::array<Cid, std::size(kPublic)> first{Cid::constant(kPublic[0].genesis),
                                                           Cid::constant(kPublic[1].genesis)};
    const auto* const found = std::ranges::find(first, genesis);
    return found == first.end() ? std::string_view() : kPublic[found - first.begin()].name;
}

Status check_room(const fs::path& file, const fs::path& folder, bool in_place) {
    if (in_place) return {};
    STRATA_TRY(const auto opened, RandomFile::open(file));
    ByteArray<4> front{};
    STRATA_OK(opened.read(0, front));
    const auto wanted = opened.size() * (is_zstd(front) ? kUnpackedRatio : 1) + opened.size() / 8 + kSpareSpace;
    std::uint64_t free = 0;
    if (Disk::current().free_bytes(folder, free) != 0 || free >= wanted) return {};
    return fail(Errc::no_space, "the import of " + file.string() + " probably needs " + std::to_string(wanted >> 20U) +
                                    " MiB in " + folder.string() + ", but " + std::to_string(free >> 20U) +
                                    " MiB are free; free some space, or use the file in place (--in-place), or import "
                                    "it all the same (--any-space)");
}

// The metadata of an indexed snapshot, or its roots.
Result<chain::SnapshotMetadata> front_of(IndexedCar& car) {
    chain::SnapshotMetadata out{.head = car.header().roots, .f3 = {}};
    if (out.head.size() != 1) return out;
    auto block = car.get(out.head.front());
    if (!block) return std::move(block).error();
    if (auto found = chain::metadata_from(*block)) return std::move(*found);
    return out;
}

Status write_checksum(const fs::path& file, crypto::Sha256& hash, const fs::path& to) {
    const auto line = to_hex(hash.finish()) + "  " + file.filename().string() + "\n";
    return write_file(to, as_bytes(line));
}

Result<chain::ImportedChain> use_in_place(const fs::path& file, store::Repository& repository, const fs::path& folder,
                                          const SnapshotImportOptions& options) {
    STRATA_TRY(auto car, IndexedCar::open(file));
    STRATA_TRY(const auto front, front_of(*car));
    if (front.f3) {
        STRATA_TRY(auto writer, FileWriter::create(folder / "f3.snapshot"));
        STRATA_OK(car->stream(*front.f3, chain::kMaxF3Bytes, [&](BytesView piece) { return writer.write(piece); }));
        STRATA_OK(writer.commit());
    }
    std::error_code error;
    const InPlace record{fs::absolute(file, error).string(), car->file_size()};
    repository.put_below(std::move(car));
    chain::ChainStore chain(repository.blocks(), repository.records());
    if (chain.open()) return fail(Errc::busy, folder.string() + " holds a chain already; name a new folder");
    STRATA_TRY(auto out, chain::adopt_snapshot(front.head, chain, options.expected,
                                               {{std::string(kInPlaceKey), to_cbor(record)}}));
    out.f3 = front.f3;
    return out;
}

void describe_head(Blockstore& blocks, const std::vector<Cid>& head, SnapshotFacts& facts) {
    store::MemoryKeyValue unused;
    chain::ChainStore chain(blocks, unused);
    const auto tipset = chain.tipset(TipsetKey(head));
    if (!tipset) return;
    facts.height = (*tipset)->height();
    facts.timestamp = (*tipset)->min_timestamp();
    if (auto name = chain::network_name_at(blocks, **tipset)) facts.network = std::move(*name);
}

constexpr std::size_t kF3Front = 64;

Result<SnapshotFacts> facts_of_indexed(const fs::path& file) {
    STRATA_TRY(const auto car, IndexedCar::open(file));
    STRATA_TRY(const auto front, front_of(*car));
    SnapshotFacts out{.version = front.head == car->header().roots ? 1U : 2U,
                      .indexed = true,
                      .packed = true,
                      .file_bytes = car->file_size(),
                      .blocks = car->entries(),
                      .head = front.head,
                      .f3 = front.f3};
    describe_head(*car, out.head, out);
    for (const auto& [name, genesis] : kPublic) {
        STRATA_TRY(const bool here, car->has(Cid::constant(genesis)));
        if (here) out.public_network = name;
    }
    if (!front.f3) return out;
    Bytes begin;
    STRATA_TRY(out.f3_bytes, car->stream(*front.f3, chain::kMaxF3Bytes, [&](BytesView piece) -> Status {
        append(begin, piece.first(std::min(piece.size(), kF3Front - std::min(kF3Front, begin.size()))));
        return {};
    }));
    if (const auto range = chain::f3_range(begin)) out.f3_range = *range;
    return out;
}

}  // namespace

Result<SnapshotFileExport> export_snapshot(const fs::path& folder, const fs::path& file,
                                           const SnapshotFileOptions& options) {
    STRATA_TRY(const auto node, node_folder(folder));
    STRATA_TRY(const auto repository, store::Repository::open(node / "repository"));
    STRATA_OK(open_snapshot_below(*repository));
    chain::ChainStore chain(repository->blocks(), repository->records());
    if (auto opened = chain.open(); !opened) return std::move(opened).error().with_context(node.string());
    auto head = chain.head();
    if (options.epoch) {
        STRATA_TRY(head, chain.tipset_at(*options.epoch, head, chain::NullRound::previous));
    }
    SnapshotFileExport out{.content = {}, .head = head->key(), .height = head->height(), .checksum = {}};
    chain::SnapshotOptions how{.format = options.format,
                               .recent_states = options.recent_states,
                               .beside = file,
                               .max_memory = options.max_memory,
                               .watch = options.watch};
    if (!options.f3.empty()) {
        STRATA_TRY(auto f3, RandomFile::open(options.f3));
        how.f3 = std::make_shared<const RandomFile>(std::move(f3));
    }
    STRATA_TRY(auto writer, FileWriter::create(file));
    crypto::Sha256 hash;
    const auto write = [&](BytesView bytes) {
        if (options.checksum) hash.update(bytes);
        return writer.write(bytes);
    };
    STRATA_TRY(out.content, chain::export_snapshot(chain, head, write, how));
    STRATA_OK(writer.commit());
    out.file_bytes = writer.size();
    if (!options.checksum) return out;
    out.checksum = file.string() + ".sha256sum";
    STRATA_OK(write_checksum(file, hash, out.checksum));
    return out;
}

Result<chain::ImportedChain> import_snapshot(const fs::path& file, const fs::path& folder,
                                             const SnapshotImportOptions& options) {
    STRATA_OK(make_folders(folder));
    if (!options.any_space) STRATA_OK(check_room(file, folder, options.in_place));
    STRATA_TRY(const auto repository, store::Repository::open(folder / "repository"));
    STRATA_OK(remove_unfinished(folder));
    if (options.in_place) return use_in_place(file, *repository, folder, options);
    chain::ChainStore chain(repository->blocks(), repository->records());
    // A store that will be refused is not changed before.
    STRATA_OK(chain::check_no_chain(chain));
    STRATA_TRY(const auto unsorted, repository->generations().unsorted());
    return chain::import_snapshot(file, chain,
                                  {.expected = options.expected,
                                   .f3 = folder / "f3.snapshot",
                                   .into = unsorted.get(),
                                   .record_every = options.record_every,
                                   .watch = options.watch});
}

bool has_index(const fs::path& file) {
    return IndexedCar::open(file).has_value();
}

Status open_snapshot_below(store::Repository& repository) {
    STRATA_TRY(const auto found, repository.records().get(kInPlaceKey));
    if (!found) return {};
    STRATA_TRY(const auto record, from_cbor<InPlace>(*found));
    auto car = IndexedCar::open(record.path);
    if (!car && car.error().code() == Errc::not_found)
        return fail(Errc::not_found, "the chain of this node is in the snapshot " + record.path +
                                         ", which does not exist; put the file back");
    if (!car) return std::move(car).error();
    if ((*car)->file_size() != record.size)
        return fail(Errc::verification, "the snapshot " + record.path + " has " + std::to_string((*car)->file_size()) +
                                            " bytes, expected " + std::to_string(record.size) +
                                            " as when this node began; put that file back");
    repository.put_below(std::move(*car));
    return {};
}

Result<std::string> snapshot_below(store::Repository& repository) {
    STRATA_TRY(const auto found, repository.records().get(kInPlaceKey));
    if (!found) return std::string();
    STRATA_TRY(auto record, from_cbor<InPlace>(*found));
    return std::move(record.path);
}

store::Write no_snapshot_below() {
    return {std::string(kInPlaceKey), std::nullopt};
}

Result<OpenedSnapshot> OpenedSnapshot::open(const fs::path& file, const fs::path& scratch, const Watch& watch) {
    OpenedSnapshot out;
    auto path = file;
    STRATA_TRY(const bool has_index, IndexedCar::has_index(file));
    if (!has_index) {
        path = scratch / (file.filename().string() + ".scratch." + std::to_string(::getpid()));
        STRATA_TRY(auto stream, chain::SnapshotStream::open(file, {}));
        STRATA_TRY(auto writer, FileWriter::create(path));
        constexpr int kFastest = 1;
        STRATA_TRY(auto indexed, IndexedCarWriter::begin([&](BytesView bytes) { return writer.write(bytes); },
                                                         stream.head(), {.beside = path, .level = kFastest}));
        std::uint64_t blocks = 0;
        for (CarBlock block;;) {
            auto more = stream.next(block);
            if (!more) return std::move(more).error().with_context(file.string());
            if (!*more) break;
            if (++blocks % 4096 == 0)
                STRATA_OK(watch.at("an index is made, " + std::to_string(blocks) + " blocks", stream.done()));
            STRATA_OK(indexed->put(block.cid, block.data));
        }
        STRATA_OK(indexed->finish());
        STRATA_OK(writer.commit());
        out.temporary_ = path;
    }
    STRATA_TRY(auto car, IndexedCar::open(path));
    STRATA_TRY(const auto front, front_of(*car));
    out.head_ = front.head;
    out.blocks_ = std::move(car);
    return out;
}

OpenedSnapshot::~OpenedSnapshot() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove(temporary_, ignored);
}

OpenedChain::OpenedChain() = default;
OpenedChain::OpenedChain(OpenedChain&&) noexcept = default;
OpenedChain::~OpenedChain() = default;
Blockstore& OpenedChain::blocks() {
    return repository_->blocks();
}

Result<OpenedChain> OpenedChain::open(const fs::path& folder) {
    OpenedChain out;
    STRATA_TRY(const auto node, node_folder(folder));
    STRATA_TRY(out.repository_, store::Repository::open(node / "repository"));
    STRATA_OK(open_snapshot_below(*out.repository_));
    chain::ChainStore chain(out.repository_->blocks(), out.repository_->records());
    if (auto opened = chain.open(); !opened) return std::move(opened).error().with_context(node.string());
    out.head_ = chain.head();
    out.genesis_ = chain.genesis();
    return out;
}

Result<SnapshotFacts> snapshot_facts(const fs::path& file, const Watch& watch) {
    STRATA_TRY(const bool has_index, IndexedCar::has_index(file));
    if (has_index) return facts_of_indexed(file);
    Bytes begin;
    STRATA_TRY(auto stream,
               chain::SnapshotStream::open(
                   file, {.f3 = [&](BytesView piece) -> Status {
                       append(begin, piece.first(std::min(piece.size(), kF3Front - std::min(kF3Front, begin.size()))));
                       return {};
                   }}));
    SnapshotFacts out{.version = stream.version(),
                      .packed = stream.is_packed(),
                      .file_bytes = stream.file_size(),
                      .blocks = (stream.version() == 2 ? 1U : 0U) + (stream.f3() ? 1U : 0U),
                      .blocks_counted = true,
                      .head = stream.head(),
                      .f3 = stream.f3(),
                      .f3_bytes = stream.f3_bytes()};
    if (const auto range = chain::f3_range(begin); stream.f3() && range) out.f3_range = *range;
    // The headers of the head may come at any place.
    MemoryBlockstore headers;
    for (CarBlock block;; ++out.blocks) {
        auto more = stream.next(block);
        if (!more) return std::move(more).error().with_context(file.string());
        if (!*more) break;
        if (const auto name = public_network_of(block.cid); !name.empty()) out.public_network = name;
        if (std::ranges::find(out.head, block.cid) != out.head.end())
            STRATA_OK(headers.put_block(block.cid, block.data));
        if (out.blocks % 4096 == 0) STRATA_OK(watch.at(std::to_string(out.blocks) + " blocks", stream.done()));
    }
    describe_head(headers, out.head, out);
    return out;
}

Result<std::uint64_t> check_blocks(const fs::path& file, const Watch& watch) {
    STRATA_TRY(auto stream, chain::SnapshotStream::open(file, {}));
    std::uint64_t blocks = (stream.version() == 2 ? 1U : 0U) + (stream.f3() ? 1U : 0U);
    for (CarBlock block;; ++blocks) {
        auto more = stream.next(block);
        if (!more) return std::move(more).error().with_context(file.string());
        if (!*more) return blocks;
        if (blocks % 4096 == 0) STRATA_OK(watch.at(std::to_string(blocks) + " blocks", stream.done()));
    }
}

std::optional<Cid> genesis_of_public_network(std::string_view name) {
    const auto* const found = std::ranges::find(kPublic, name, &PublicNetwork::name);
    return found == std::end(kPublic) ? std::nullopt : std::optional(Cid::constant(found->genesis));
}

}  // namespace strata::node
