namespace FlyMQ.Broker;

/// <summary>Names that stand in the place of a group's.</summary>
public static class GroupLabels
{
    /// <summary>All groups that are counted together.</summary>
    public const string Other = "<other>";

    /// <summary>Nobody in particular.</summary>
    public const string Unattributed = "<unattributed>";

    /// <summary>Any name is legal for a group, these too.</summary>
    public static bool IsReserved(string group) => group is Other or Unattributed;
}
