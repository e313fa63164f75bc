#include <strata/store/repository_form.hpp>

#include <fmt/format.h>

#include <charconv>

#include <strata/base/files.hpp>
#include <strata/base/log.hpp>

namespace strata::store {
namespace {

namespace fs = std::filesystem;

const Log kLog("store");
constexpr const char* kFile = "form";
constexpr std::string_view kForm = "form ", kWriter = "written by ";
constexpr std::uint64_t kMaxFile = 4096;  // bytes

struct Written {
    std::uint64_t form = 0;
    std::string program;
};

Error damaged(const fs::path& file) {
    return fail(Errc::malformed,
                fmt::format("{} is damaged: expected the lines \"form N\" and \"written by PROGRAM\"; put "
                            "it back from a copy, or write them with the form of the program that ran "
                            "here last (this one: {})",
                            file.string(), kRepositoryForm));
}

Result<Written> parse(const fs::path& file, std::string_view text) {
    Written out;
    if (!text.starts_with(kForm)) return damaged(file);
    text.remove_prefix(kForm.size());
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out.form);
    if (read.ec != std::errc()) return damaged(file);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    if (!text.starts_with('\n')) return damaged(file);
    text.remove_prefix(1);
    if (!text.starts_with(kWriter) || !text.ends_with('\n')) return damaged(file);
    out.program = text.substr(kWriter.size(), text.size() - kWriter.size() - 1);
    return out;
}

/// Versions before this file wrote none; what they left tells their form.
Written guessed(const fs::path& folder, std::uint64_t newest) {
    std::error_code error;
    const auto has = [&](const char* name) { return fs::exists(folder / name, error); };
    if (has("db") || has("unsplit")) return {0, "an early strata"};
    if (has("records") || has("chain")) return {1, "an early strata"};
    return {newest, {}};
}

Result<Written> present_form(const fs::path& folder, std::uint64_t newest) {
    const auto file = folder / kFile;
    const auto text = read_file(file, kMaxFile);
    if (text) return parse(file, as_text(*text));
    if (text.error().code() != Errc::not_found) return text.error();
    return guessed(folder, newest);
}

}  // namespace

Status write_form(const fs::path& folder, std::uint64_t form) {
    const auto text = fmt::format("{}{}\n{}strata {}\n", kForm, form, kWriter, STRATA_VERSION);
    return write_file(folder / kFile, as_bytes(text), FileAccess::owner_only);
}

Status bring_up_to_date(const fs::path& folder, std::span<const FormStep> steps) {
    const std::uint64_t newest = steps.size();
    STRATA_TRY(const auto found, present_form(folder, newest));
    if (found.form > newest)
        return fail(
            Errc::unsupported,
            fmt::format("{} has the form {}, written by {}; this program, strata {}, knows forms up to {} and has "
                        "changed nothing: run the program that wrote it or a later one, or take a different folder",
                        folder.string(), found.form, found.program, STRATA_VERSION, newest));
    for (auto form = found.form; form < newest; ++form) {
        const auto& step = steps[form];
        kLog.info(
            "a repository of an older form is brought up to date",
            {{"folder", folder.string()}, {"written_by", found.program}, {"from_form", form}, {"step", step.what}});
        STRATA_OK(step.run(folder));
        STRATA_OK(write_form(folder, form + 1));
    }
    std::error_code error;
    return fs::exists(folder / kFile, error) ? Status() : write_form(folder, newest);
}

}  // namespace strata::store
