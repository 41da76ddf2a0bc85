//! The declaring macro of areas.

/// Declares an area: everything it adds to the library, once. Sections may be left out, and stand in this order.
///
/// ```text
/// area! {
///     /// What the area is about.
///     service after directory, sales {
///         entities: [Ticket, SlaPolicy];
///         choices: [TicketKind, TicketPriority];               // closed sets
///         outcomes: [TicketLoad];                              // what calls give back
///         options: [TicketQuery];                              // what calls take as named options
///         steps: ["steps/0001_service.sql"] work [first_policy]; // statements, then work through the door; each once for every file
///         words: { "ticket_reason" ("Why tickets are opened") = ["question", "defect"];
///                  "ticket_status" ("Where tickets stand") = ["new" open, "solved" done]; } // with what they mean, which rules ask for
///         settings: { ticket_days = accepts_days; }          // the name, and what refuses a value
///         life: { Ticket { at: "opened_at", kind: "'ticket'", title: "subject", detail: "status", user: "owner_id", of: "organization_id", in_dossier: true } }
///         reports: { /// What it tells, and its columns.
///                    OpenTickets = "open_tickets" over ticket as t { sql: "reports/open_tickets.sql", day: "day(t.opened_at)", amounts: ["value"] } }
///         calls: { /// Tickets that are about to miss their time.
///                  [view] tickets_at_risk(hours: i64 = 24) -> Vec<Ticket> = |view| at_risk(view, hours); }
///     }
/// }
/// ```
/// `after` names the areas whose items it uses; `tests/layers.rs` holds it to that. What `life` says is SQL over the columns of the entity's table,
/// all but `in_dossier`; `life.rs` has the rest of it. What a report's query has places for is in `report.rs`; one without `over` is asked for as it is, one
/// whose records last says `day: "first" to "last"`, and `; place = fill` puts what a function makes of the tables into a place of its own.
///
/// One more word in the list of `for_every_area!`, and the area is there: in Rust, JSON, Python, UniFFI, imports, history, undo, rights.
///
/// An argument that Rust lends rather than gives says as what in brackets, `name: String [&str]`. Where Rust takes other parameters
/// altogether, `as (search: impl Into<Search>) from (Search { text, options })` says which, and how they come of the arguments.
/// `@rust { /// ... }` and `@python { /// ... }` before a call hold an example of its use, which is run. `hosts name` is its name where hosts
/// have a method of that name for an entity.
macro_rules! area {
    ($($declaration:tt)*) => { $crate::engine::registry::declared! { ($) $($declaration)* } };
}
pub(crate) use area;

macro_rules! declared {
    (($d:tt) $(#[doc = $doc:literal])* $name:ident $(after $($after:ident),+)? {
        $( entities: [$($E:ident),* $(,)?]; )?
        $( choices: [$($C:ident),* $(,)?]; )?
        $( outcomes: [$($O:ident),* $(,)?]; )?
        $( options: [$($P:ident),* $(,)?]; )?
        $( steps: [$($sql:literal),* $(,)?] $( work [$($work:expr),* $(,)?] )?; )?
        $( words: { $( $dictionary:literal ($about:literal) = [$($word:literal $($meaning:ident)?),* $(,)?]; )* } )?
        $( settings: { $( $setting:ident = $accepts:expr; )* } )?
        $( life: { $( $L:ident { $($life:tt)* } )* } )?
        $( reports: { $( $(#[doc = $rdoc:literal])* $R:ident = $report:literal $(over $base:ident as $alias:ident)? {
            sql: $query:literal $(, day: $day:literal $(to $last:literal)?)? $(, amounts: [$($amount:literal),*])? $(; $place:ident = $fill:expr)?
        } )* } )?
        $( calls: { $(
            $(#[doc = $cdoc:literal])*
            $( @rust { $(#[doc = $cexample:literal])* } )?
            $( @python { $(#[doc = $pexample:literal])* } )?
            [$($kind:ident)+] $call:ident ( $( $arg:ident : $ty:ty $([ $lent:ty ])? $(= $default:expr)? ),* $(,)? )
                $( as $params:tt from $pass:tt )? $( hosts $host:ident )? -> $result:ty
                = |$on:ident $(, $progress:ident)?| $body:expr;
        )* } )?
    }) => { pastey::paste! {
        $(#[doc = $doc])*
        pub(crate) static AREA: $crate::engine::registry::Area = $crate::engine::registry::Area {
            name: stringify!($name),
            kinds: &[$($( $crate::engine::registry::EntityKind::of::<$E>() ),*)?],
            schemas: &[$($( [<$E as $crate::engine::wire::Described>::schema, <[<$E Fields>] as $crate::engine::wire::Described>::schema] ),*)?],
            sql: &[$($( include_str!($sql) ),*)?],
            words: &[$($( $crate::engine::registry::Words { dictionary: $dictionary, about: $about, words: &[$( ($word, $crate::engine::registry::meaning!($($meaning)?)) ),*] } ),*)?],
            work: &[$($($( $work ),*)?)?],
            settings: &[$($( (stringify!($setting), $accepts) ),*)?],
            life: &[$($( $crate::engine::registry::life!([<$L:snake>] { $($life)* }) ),*)?],
            reports: &[$($( $crate::engine::registry::DeclaredReport {
                name: $report, sql: include_str!($query), amounts: &[$($($amount),*)?],
                base: $crate::engine::registry::report!(@base $($base $alias)?),
                days: $crate::engine::registry::report!(@days $($day $($last)?)?),
                fills: $crate::engine::registry::report!(@fills $($place $fill)?),
            } ),*)?],
            calls: &[$($( $crate::engine::registry::Call {
                name: stringify!($call),
                doc: concat!($($cdoc),*),
                arguments: &[$( $crate::engine::registry::Argument {
                    name: stringify!($arg),
                    kind: <$ty as $crate::engine::wire::FromJson>::kind,
                    optional: $crate::engine::registry::call!(@optional $($default)?),
                    schema: <$ty as $crate::engine::wire::Described>::schema,
                    default: $crate::engine::registry::call!(@default $ty, $($default)?),
                } ),*],
                result: <$result as $crate::engine::wire::Described>::schema,
                run: |via, given| {
                    let _ = (&via, &given);
                    $( let $arg = $crate::engine::registry::call!(@argument given, $arg, $ty, $($default)?); )*
                    Ok($crate::engine::registry::Reply::from($crate::engine::registry::call!(
                        @answer [$($kind)+] via $call [$($pass)?] ($($crate::engine::registry::call!(@pass $arg, $($lent)?)),*) |$on| $body
                    )))
                },
            } ),*)?],
        };

        $($(
            $crate::engine::registry::call! {
                @declare [$($kind)+] {$($cdoc)*} {$($($cexample)*)?} $call [$($params)?] ($($arg : $crate::engine::registry::call!(@type $ty, $($lent)?)),*)
                    -> $result = |$on $(, $progress)?| $body
            }
        )*)?

        #[doc = concat!("Hands what the area `", stringify!($name), "` declares of one sort on to another macro, with what others declared.")]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! [<area_ $name>] {
            (entities ($d($d next:tt)*) $d args:tt [$d($d known:tt)*] $d($d rest:tt)*) => {
                $d($d next)*! { $d args [$d($d known)* $($( $E [<for_ $E:snake>], )*)?] $d($d rest)* }
            };
            (choices ($d($d next:tt)*) $d args:tt [$d($d known:tt)*] $d($d rest:tt)*) => {
                $d($d next)*! { $d args [$d($d known)* $($( $C [<for_ $C:snake>], )*)?] $d($d rest)* }
            };
            (outcomes ($d($d next:tt)*) $d args:tt [$d($d known:tt)*] $d($d rest:tt)*) => {
                $d($d next)*! { $d args [$d($d known)* $($( $O [<for_ $O:snake>], )*)?] $d($d rest)* }
            };
            (options ($d($d next:tt)*) $d args:tt [$d($d known:tt)*] $d($d rest:tt)*) => {
                $d($d next)*! { $d args [$d($d known)* $($( $P [<for_ $P:snake>], )*)?] $d($d rest)* }
            };
            (reports ($d($d next:tt)*) $d args:tt [$d($d known:tt)*] $d($d rest:tt)*) => {
                $d($d next)*! { $d args [$d($d known)* $($( $(#[doc = $rdoc])* $R = $report, )*)?] $d($d rest)* }
            };
            (calls ($d($d next:tt)*) $d args:tt [$d($d known:tt)*] $d($d rest:tt)*) => {
                $d($d next)*! { $d args [$d($d known)* $($( {
                    [$($cdoc)*] [$($($pexample)*)?] [$($kind)+] $call [$($host)?] ($( { $arg : $ty [$($lent)?] [$($default)?] } )*) [$($pass)?] -> $result
                } )*)?] $d($d rest)* }
            };
        }
    } };
}
pub(crate) use declared;
