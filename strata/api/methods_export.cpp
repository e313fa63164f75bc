// Answers methods that export the chain while the node runs. Source: lotus node/impl/full/chain.go.
#include <nlohmann/json.hpp>

#include <strata/api/exports.hpp>
#include <strata/api/method_table.hpp>
#include <strata/base/file_writer.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

/// Sends a snapshot of version 1 through a channel. `roots` is the number of epochs with states; with `only_recent`,
/// older epochs have no messages either.
Result<ChannelStart> export_chain(Context& context, const ChainEpoch& roots, const bool& only_recent,
                                  const TipsetKey& key) {
    STRATA_TRY(const auto head, context.tipset(key));
    STRATA_TRY(const auto place, context.exports.take_place(context.permissions));
    chain::SnapshotOptions options{.format = chain::SnapshotFormat::v1,
                                   .recent_states = std::max<ChainEpoch>(0, roots),
                                   .all_messages = !only_recent,
                                   .max_memory = context.exports.limits().memory};
    return ChannelStart([&exports = context.exports, place, head, options](const auto& channel) {
        exports.send(place, channel,
                     [head, options](chain::ChainStore& store, const ByteSink& sink, const Watch& watch) -> Status {
                         auto how = options;
                         how.watch = watch;
                         STRATA_OK(chain::export_snapshot(store, head, sink, how));
                         return {};
                     });
    });
}

/// The names of Go's type; the numbers of workers and of buffered bytes mean nothing here.
struct RangeParts {
    bool messages = false;
    bool receipts = false;
    bool states = false;
};
Status read(const Json& from, RangeParts& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("got the JSON type ") + from.type_name() + ", expected an object with IncludeMessages");
    STRATA_OK(read_member(from, "IncludeMessages", to.messages));
    STRATA_OK(read_member(from, "IncludeReceipts", to.receipts));
    return read_member(from, "IncludeStateRoots", to.states);
}

/// A file on its way; the call that wants it looks at it now and then. It is given up when nobody holds it any more.
struct RangeFile {
    Mutex mutex;
    Condition changed;
    std::optional<Status> result STRATA_GUARDED_BY(mutex);
    std::atomic<bool> is_wanted = true;
};
struct Wanted {
    std::shared_ptr<RangeFile> file;
    std::shared_ptr<const void> holder;
};

std::int64_t unix_now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

Result<Wanted> start_range(Context& context, const TipsetKey& head_key, const TipsetKey& tail_key,
                           const RangeParts& parts) {
    if (context.options.folder.empty())
        return fail(Errc::unsupported, "this node has no folder in which it could write a file");
    STRATA_TRY(const auto head, context.tipset(head_key));
    STRATA_TRY(const auto tail, context.tipset(tail_key));
    if (head->height() < tail->height())
        return fail(Errc::invalid_argument, "Height of head-tipset (" + std::to_string(head->height()) +
                                                ") must be greater or equal to the height of the tail-tipset (" +
                                                std::to_string(tail->height()) + ")");
    STRATA_TRY(auto place, context.exports.take_place(context.permissions));
    const auto path =
        context.options.folder / ("snapshot_" + std::to_string(tail->height()) + "_" + std::to_string(head->height()) +
                                  "_" + std::to_string(unix_now()) + ".car");
    STRATA_TRY(auto created, FileWriter::create(path));
    const auto writer = std::make_shared<FileWriter>(std::move(created));
    const auto file = std::make_shared<RangeFile>();
    const std::uint64_t memory = context.exports.limits().memory;
    context.exports.write(
        std::move(place),
        [=](chain::ChainStore& store, const ByteSink& sink, const Watch& watch) -> Status {
            STRATA_OK(chain::export_range(store, head, tail, sink,
                                          {.messages = parts.messages,
                                           .receipts = parts.receipts,
                                           .states = parts.states,
                                           .max_memory = memory,
                                           .watch = watch}));
            return writer->commit();
        },
        [=](BytesView bytes) -> Status {
            if (!file->is_wanted) return fail(Errc::cancelled, "nobody waits for this export any more");
            return writer->write(bytes);
        },
        [file](Status result) {
            const Lock lock(file->mutex);
            file->result = std::move(result);
            file->changed.notify_all();
        });
    return Wanted{file, std::shared_ptr<const void>(nullptr, [file](const void*) { file->is_wanted = false; })};
}

/// Writes a range of the chain to a file in the node's folder, as Lotus does. The call waits at most `kLook` on a
/// thread, and then for the next head.
Result<std::optional<Json>> export_range(Context& context, const TipsetKey& head, const TipsetKey& tail,
                                         const RangeParts& parts) {
    constexpr std::chrono::seconds kLook{1};
    if (!context.memory.has_value()) {
        STRATA_TRY(auto wanted, start_range(context, head, tail, parts));
        context.memory = std::move(wanted);
    }
    const auto file = std::any_cast<Wanted>(context.memory).file;
    Lock lock(file->mutex);
    const auto end = std::chrono::steady_clock::now() + kLook;
    while (!file->result)
        if (!file->changed.wait_until(lock, end)) break;
    if (!file->result) return std::optional<Json>();
    if (!*file->result) return Error(file->result->error()).with_context("exporting chain range");
    return std::optional(Json());
}

}  // namespace

void add_export_methods(MethodTable& table) {
    table.add("ChainExport", export_chain);
    table.add("ChainExportRangeInternal", export_range, Cost::slow);
}

}  // namespace strata::api
