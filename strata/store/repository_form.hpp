#pragma once
// The form of a repository (docs/formats/repository.md): one number for the layout of its databases and for all records
// in them. It stands in the file "form" beside them. A repository of an older form is brought up to date one step after
// the other; one of a newer form is refused untouched.
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include <strata/base/result.hpp>

namespace strata::store {

/// The form that this program writes. 0: one database; 1: one for the chain and one for the records; 2: the states in
/// generations. A change of any record that older programs would misread takes the next number, and a step that leads
/// there.
inline constexpr std::uint64_t kRepositoryForm = 2;

/// Leads from the form that is its place in the list to the next one. It may be killed at any point and is then run
/// again from its start, so it must accept what it left behind itself.
struct FormStep {
    std::string_view what;  // for the log: "... is ..."
    std::function<Status(const std::filesystem::path& folder)> run;
};

/// Brings the repository in `folder`, which the caller has locked, to the form after the last step. After each step the
/// number is on disk before the next one begins. An empty folder gets the newest form at once. Errors: unsupported for
/// a newer form, with the program that wrote it and what to do; malformed for a damaged file; those of the steps.
Status bring_up_to_date(const std::filesystem::path& folder, std::span<const FormStep> steps);

/// Writes the number into a folder without databases, or with those of that form.
Status write_form(const std::filesystem::path& folder, std::uint64_t form);

}  // namespace strata::store
